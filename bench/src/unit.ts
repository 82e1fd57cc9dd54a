/** What a figure is counted in. */
export type Unit = 'ms' | 'µs' | 'ns' | '/s' | '/min' | 'MB' | '%' | 's' | '';
