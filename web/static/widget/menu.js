// The header's menu: a button that opens a list, moved through by arrows.

export function newMenu({ button, list }) {
  const items = () => [...list.querySelectorAll("[role=menuitem]")].filter((item) => !item.hidden);

  function open(focusLast = false) {
    list.hidden = false;
    button.setAttribute("aria-expanded", "true");
    items().at(focusLast ? -1 : 0)?.focus();
  }

  function close(focusButton = true) {
    if (list.hidden) return;
    list.hidden = true;
    button.setAttribute("aria-expanded", "false");
    if (focusButton) button.focus();
  }

  const MOVES = { ArrowDown: 1, ArrowUp: -1 };

  button.addEventListener("click", () => (list.hidden ? open() : close()));
  button.addEventListener("keydown", (event) => {
    if (event.key in MOVES) open(event.key === "ArrowUp");
    else if (event.key === "Escape" && !list.hidden) close();
    else return;
    event.preventDefault();
  });
  list.addEventListener("keydown", (event) => {
    const all = items();
    const at = all.indexOf(document.activeElement);
    if (event.key in MOVES) all.at((at + MOVES[event.key]) % all.length).focus();
    else if (event.key === "Home") all[0].focus();
    else if (event.key === "End") all.at(-1).focus();
    else if (event.key === "Escape") close();
    else if (event.key === "Tab") return close(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  });
  list.addEventListener("click", () => close());
  document.addEventListener("pointerdown", (event) => {
    if (!list.contains(event.target) && !button.contains(event.target)) close(false);
  });
  addEventListener("blur", () => close(false));

  return { close };
}
