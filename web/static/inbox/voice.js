// A player for sound that shows how loud it is over its time. The picture is made from the file itself, here.
import { useEffect, useRef, useState } from "preact/hooks";
import { t } from "language";
import { Icon } from "./icons.js";
import { html } from "./lib.js";

const BARS = 48;
const LARGEST = 4 * 1024 * 1024;
const SPEEDS = [1, 1.5, 2];

let reading = null;

/** The loudness of equal parts of a file, each from 0 to 1; null if it is too large or cannot be read. */
async function loudness(src, size) {
  if (size > LARGEST || src.startsWith("blob:")) return null;  // a page may not ask for what is not the server's yet
  const file = await (await fetch(src)).arrayBuffer();
  if (file.byteLength > LARGEST) return null;
  reading ??= new OfflineAudioContext(1, 1, 22_050);
  const samples = (await reading.decodeAudioData(file)).getChannelData(0);
  const part = Math.max(1, Math.floor(samples.length / BARS));
  const peaks = Array.from({ length: BARS }, (_, i) => {
    let most = 0;
    for (let at = i * part; at < Math.min((i + 1) * part, samples.length); at += 16) most = Math.max(most, Math.abs(samples[at]));
    return most;
  });
  const top = Math.max(...peaks) || 1;
  return peaks.map((peak) => peak / top);
}

const time = (seconds) => (Number.isFinite(seconds) ? `${Math.floor(seconds / 60)}:${String(Math.floor(seconds % 60)).padStart(2, "0")}` : "–:––");

export function Voice({ src, label, size, onError }) {
  const audio = useRef();
  const [bars, setBars] = useState(null);
  const [{ at, length, plays, speed }, set] = useState({ at: 0, length: NaN, plays: false, speed: 1 });
  const note = () => audio.current && set((held) => ({ ...held, at: audio.current.currentTime, length: audio.current.duration, plays: !audio.current.paused }));
  useEffect(() => {
    let isOver = false;
    loudness(src, size ?? 0).then((found) => !isOver && setBars(found), () => {});
    return () => { isOver = true; };
  }, [src]);
  const toggle = () => (audio.current.paused ? audio.current.play().catch(onError) : audio.current.pause());
  const faster = () => {
    const next = SPEEDS[(SPEEDS.indexOf(speed) + 1) % SPEEDS.length];
    audio.current.playbackRate = next;
    set((held) => ({ ...held, speed: next }));
  };
  const part = Number.isFinite(length) && length ? at / length : 0;
  const seek = (event) => { if (Number.isFinite(length)) audio.current.currentTime = Number(event.target.value) * length; };
  return html`<div class="voice" role="group" aria-label=${label}>
    <audio ref=${audio} src=${src} preload="metadata" onTimeUpdate=${note} onLoadedMetadata=${note} onDurationChange=${note} onPlay=${note} onPause=${note} onEnded=${note} onError=${onError}></audio>
    <button type="button" class="play" aria-label=${plays ? t("Pause") : t("Play")} onClick=${toggle}><${Icon} name=${plays ? "pause" : "play"} size=${18} /></button>
    <span class="wave"><svg viewBox="0 0 ${BARS * 4} 32" preserveAspectRatio="none" aria-hidden="true">${(bars ?? Array(BARS).fill(0.15)).map((bar, i) => html`
      <rect key=${i} x=${i * 4} width="2.500" rx="1" y=${16 - Math.max(1.5, bar * 15)} height=${Math.max(3, bar * 30)} class=${i / BARS < part ? "past" : ""} />`)}</svg>
      <input type="range" min="0" max="1" step="0.001" value=${part} aria-label=${t("Place")} aria-valuetext=${t("{time} of {length}", { time: time(at), length: time(length) })} onInput=${seek} /></span>
    <span class="num">${time(plays || at ? at : length)}</span>
    <button type="button" class="speed" aria-label=${t("Speed {speed}; change", { speed })} onClick=${faster}>${speed}×</button></div>`;
}
