/** Why what somebody asked for was not done, read aloud at once; nothing where there is no problem. */
export const Problem = ({ text }: { text: string | undefined }) =>
  text === undefined ? null : (
    <p class="problem" role="alert">
      {text}
    </p>
  );
