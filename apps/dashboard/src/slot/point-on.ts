interface Page {
  readonly pageWidth: number;
  readonly pageHeight: number;
}

/** Where on the page an event is; undefined beside the picture, which is as large as fits and in the middle. */
export function pointOn(
  element: HTMLElement,
  { pageWidth, pageHeight }: Page,
  { clientX, clientY }: MouseEvent,
): { x: number; y: number } | undefined {
  const { left, top, width, height } = element.getBoundingClientRect();
  const scale = Math.min(width / pageWidth, height / pageHeight);
  const x = (clientX - left - (width - pageWidth * scale) / 2) / scale;
  const y = (clientY - top - (height - pageHeight * scale) / 2) / scale;
  if (!(x >= 0 && y >= 0 && x < pageWidth && y < pageHeight)) return undefined;
  return { x: Math.round(x), y: Math.round(y) };
}
