/** What the benchmark asked of this program. */
export function programOptions(): Record<string, number> {
  return JSON.parse(process.argv[2] ?? '{}');
}

/** Tells the benchmark where things are. */
export function sayReady(facts: object): void {
  process.stdout.write(`${JSON.stringify(facts)}\n`);
}

/** Ends with the benchmark, however that ends. */
export function endWithParent(close: () => Promise<void> = async () => {}): void {
  process.stdin.resume();
  process.stdin.once('end', () => void close().finally(() => process.exit(0)));
}
