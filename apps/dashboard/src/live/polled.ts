import { useEffect, useState } from 'preact/hooks';
import { get } from './api.js';
import { connection } from './viewer.js';

export interface Polled<T> {
  /** What was read last. */
  readonly body: T | undefined;
  /** Why it could not be read this time. */
  readonly problem: string | undefined;
}

interface Rhythm {
  readonly everyMs: number;
  /** Read again when it changes. */
  readonly version: unknown;
}

/** What a path answers, read again every so often while the page is seen, and whenever `version` changes. */
export function usePolled<T>(path: string, { everyMs, version }: Rhythm): Polled<T> {
  const [body, setBody] = useState<T>();
  const [problem, setProblem] = useState<string>();
  const isLive = connection.value === 'live';
  useEffect(() => {
    let isOver = false;
    const read = async (): Promise<void> => {
      if (document.hidden) return;
      const answer = await get<T>(path);
      if (isOver) return;
      if (answer.ok) setBody(answer.body);
      setProblem(answer.ok ? undefined : answer.error.message);
    };
    void read();
    const timer = setInterval(() => void read(), everyMs);
    document.addEventListener('visibilitychange', read);
    return () => {
      isOver = true;
      clearInterval(timer);
      document.removeEventListener('visibilitychange', read);
    };
  }, [path, everyMs, version, isLive]);
  return { body, problem };
}
