const { Segmenter } = Intl;

/**
 * Stands for `Intl.Segmenter` in the build. string-width makes a segmenter when it is loaded, which takes a tenth of the
 * time in which Node starts, and needs it only for text that is not plain ASCII.
 */
export class LazySegmenter {
  private made: Intl.Segmenter | undefined;

  segment(text: string): Intl.Segments {
    this.made ??= new Segmenter();
    return this.made.segment(text);
  }
}
