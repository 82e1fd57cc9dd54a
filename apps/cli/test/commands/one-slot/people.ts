import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { EscarpHome, Json } from '../escarp-home.js';

export function peopleAndAgents(pool: () => EscarpHome): void {
  describe('people and agents on the command line', { tags: ['browser'], timeout: 120_000 }, () => {
    let home: EscarpHome;
    beforeAll(() => void (home = pool()));
    afterAll(async () => void (await home.run(['release', '--all'])));

    async function openQuestion(): Promise<Json> {
      while (((await home.status())['asks'] as Json[] | undefined)?.length !== 1) await pause(50);
      const { asks } = await home.json(['answer']);
      const [question] = asks as [Json];
      return question;
    }

    it('there is nothing to answer or to approve at first', async () => {
      expect((await home.run(['answer'])).stdout).toBe('No question is open.');
      expect((await home.run(['approve'])).stdout).toBe('No request waits.');
      expect(await home.json(['approve'])).toEqual({ approvals: [] });
      expect(await home.run(['approve', '1'])).toMatchObject({ exitCode: 1 });
      expect(await home.run(['answer', '1', '--declined'])).toMatchObject({ exitCode: 1 });
    });

    it('a question needs a lease', async () => {
      const { exitCode, stderr } = await home.run(['ask', 'a captcha']);
      expect(exitCode).toBe(2);
      expect(stderr).toContain('escarp acquire');
    });

    it('ask waits until answer answers, and its exit code says what was done', async () => {
      await home.json(['acquire', '--holder', 'ada', '--wait', '60']);
      const asking = home.run(['ask', 'a captcha', '--instructions', 'solve\nit']);
      const question = await openQuestion();
      expect(question).toMatchObject({ holder: 'ada', reason: 'a captcha', instructions: 'solve\nit' });
      const list = await home.run(['answer']);
      expect(list.stdout).toBe(`${String(question['id'])}  slot 0, ada: a captcha\n     solve\n     it`);
      await home.json(['answer', String(question['id']), '--who', 'pat', '--note', 'solved']);
      const asked = await asking;
      expect(asked).toMatchObject({ exitCode: 0 });
      expect(asked.stdout).toContain('pat: solved');

      const again = home.run(['ask', 'a purchase', '--json']);
      const next = await openQuestion();
      expect((await home.run(['answer', String(next['id']), '--declined'])).exitCode).toBe(0);
      const declined = await again;
      expect(declined.exitCode).toBe(3);
      expect(JSON.parse(declined.stdout)).toMatchObject({ outcome: 'declined' });
    });

    it('a question that nobody answers counts as refused, and the log shows what happened', async () => {
      const { exitCode, stdout } = await home.run(['ask', 'a captcha', '--timeout', '1']);
      expect([exitCode, stdout]).toEqual([3, 'Nobody answered. That is not consent.']);
      const { stdout: log } = await home.run(['log']);
      expect(log).toMatch(/slot 0 asks for a person \(\d+\): a captcha/);
      expect(log).toMatch(/slot 0 question \d+: done by pat/);
      expect(log).toMatch(/slot 0 question \d+: timed out/);
    });
  });
}
