const paths = {
  back: 'M10 3 5 8l5 5',
  previous: 'M10 3 5 8l5 5',
  next: 'm6 3 5 5-5 5',
  system: 'M2.5 3.5h11v7h-11zM6 13.5h4M8 10.5v3',
  light:
    'M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6M8 1.5v1M8 13.5v1M1.5 8h1M13.5 8h1M3.4 3.4l.7.7M11.9 11.9l.7.7M3.4 12.6l.7-.7M11.9 4.1l.7-.7',
  dark: 'M13 9.5A5.5 5.5 0 1 1 6.5 3 4.5 4.5 0 0 0 13 9.5z',
  hand: 'M5 8V3.7a1 1 0 0 1 2 0V7m0-4.3a1 1 0 0 1 2 0V7m0-3.3a1 1 0 0 1 2 0V8m0-2.3a1 1 0 0 1 2 0V10a4 4 0 0 1-4 4H8.6a4 4 0 0 1-3.2-1.6L3 9.5a1.05 1.05 0 0 1 1.7-1.2L5.5 9.2',
  keyboard: 'M1.5 4h13v8h-13zM4 6.5h.01M6.7 6.5h.01M9.3 6.5h.01M12 6.5h.01M4.5 9.5h7',
  share:
    'M6.5 9.5a3 3 0 0 0 4.3 0l2.3-2.3a3 3 0 0 0-4.3-4.3L8 3.7M9.5 6.5a3 3 0 0 0-4.3 0L2.9 8.8a3 3 0 0 0 4.3 4.3L8 12.3',
};

/** Decoration: a text or label beside it says the same. */
export const Icon = ({ name }: { name: keyof typeof paths }) => (
  <svg
    viewBox="0 0 16 16"
    aria-hidden="true"
    fill="none"
    stroke="currentColor"
    stroke-width="1.5"
    stroke-linecap="round"
    stroke-linejoin="round"
  >
    <path d={paths[name]} />
  </svg>
);
