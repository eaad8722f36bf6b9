// What the codes of campaigns mean.
import { t } from "language";
import { statusName } from "../inbox/words.js";

const STATES = { draft: t("Draft"), scheduled: t("Scheduled"), running: t("Running"), paused: t("Paused"), finished: t("Finished"), cancelled: t("Ended by hand") };
export const stateName = (state) => STATES[state] ?? state;
export const TONES = { running: "accent", scheduled: "accent", paused: "warn", finished: "good" };

const REASONS = {
  gone: t("no longer a contact"), blocked: t("blocked"), no_address: t("no address on this channel"), opted_out: t("opted out"),
  undecided: t("may have asked for no more messages"), no_consent: t("no consent to advertisements here"), window_closed: t("WhatsApp’s window is closed: only a template reaches them"),
  capped: t("had enough campaigns this week"), busy: t("in a conversation with us"), internal: t("Parley failed at it"),
};
export const whyNot = (reason) => REASONS[reason] ?? reason;

/** The same before it starts. */
export const whyNotNow = (reason) => (reason === "busy" ? t("in a conversation with us: they get it after that, if it ends within a day") : whyNot(reason));

export const outcome = (status) => (status === "erased" ? t("Erased since") : statusName(status));

const PROBLEMS = { segment_gone: t("It was paused: the segment of its audience is gone."), channel_silent: t("It was paused: its channel is off or does not work. Mend that in Settings, then go on.") };
export const problemName = (problem) => PROBLEMS[problem] ?? problem;

/** Whether it changes by itself. */
export const isMoving = ({ state }) => state === "running" || state === "scheduled";
