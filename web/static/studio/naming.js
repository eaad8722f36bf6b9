// What a model is called: of the same data there may be many, so by its own bytes and not by its data.

/** The first letters of its SHA-256, by which no two models of an installation are likely to be taken for each other. */
export const nameOf = (model) => model.sha256.slice(0, 8);
