/** A text whose first line says it; what a program printed is behind it, for whoever wants to know. */
export function LongText({ text }: { text: string }) {
  const [first = '', ...rest] = text.trim().split('\n');
  if (rest.length === 0) return <>{first}</>;
  return (
    <>
      {first}
      <details class="output">
        <summary>Output</summary>
        <pre>{rest.join('\n')}</pre>
      </details>
    </>
  );
}
