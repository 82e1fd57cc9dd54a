interface Page {
  readonly pageWidth: number;
  readonly pageHeight: number;
}

/**
 * Where on the page an event is. The picture is as large as fits, and in the middle; beside it an event is nowhere, or at
 * the nearest edge if it is clamped.
 */
export function pointOn(
  element: HTMLElement,
  { pageWidth, pageHeight }: Page,
  { clientX, clientY }: MouseEvent,
  { isClamped = false } = {},
): { x: number; y: number } | undefined {
  const { left, top, width, height } = element.getBoundingClientRect();
  const scale = Math.min(width / pageWidth, height / pageHeight);
  const x = (clientX - left - (width - pageWidth * scale) / 2) / scale;
  const y = (clientY - top - (height - pageHeight * scale) / 2) / scale;
  if (!Number.isFinite(x)) return undefined;
  if (isClamped) return { x: within(x, pageWidth), y: within(y, pageHeight) };
  if (x < 0 || y < 0 || x >= pageWidth || y >= pageHeight) return undefined;
  return { x: Math.floor(x), y: Math.floor(y) };
}

const within = (value: number, size: number): number => Math.min(Math.max(Math.floor(value), 0), size - 1);
