import { expect, test } from 'vitest';
import { page } from 'vitest/browser';

test('a button counts its clicks', async () => {
  let clicks = 0;
  const button = document.createElement('button');
  button.textContent = 'clicked 0 times';
  button.addEventListener('click', () => (button.textContent = `clicked ${++clicks} times`));
  document.body.append(button);
  await page.getByRole('button').click();
  await expect.element(page.getByRole('button')).toHaveTextContent('clicked 1 times');
});
