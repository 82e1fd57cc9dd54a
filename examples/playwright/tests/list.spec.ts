import { expect, test } from '@playwright/test';

test.beforeEach(async ({ page }) => {
  await page.goto('/');
});

test('begins empty, whoever used the browser before', async ({ page }) => {
  await expect(page.getByRole('listitem')).toHaveCount(0);
});

test('takes what is added', async ({ page }) => {
  await page.getByLabel('What').fill('buy milk');
  await page.getByRole('button', { name: 'Add' }).click();
  await expect(page.getByRole('listitem')).toHaveText(['buy milk']);
});

test('is still there after a reload', async ({ page }) => {
  await page.getByLabel('What').fill('call home');
  await page.keyboard.press('Enter');
  await page.reload();
  await expect(page.getByRole('listitem')).toHaveText(['call home']);
});
