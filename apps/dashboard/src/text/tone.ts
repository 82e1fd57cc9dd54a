/** What a colour stands for. It never stands alone: words say the same. */
export type Tone = 'accent' | 'good' | 'wait' | 'bad' | 'human' | 'muted';
