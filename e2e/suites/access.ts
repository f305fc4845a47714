import { describe, expect, it } from 'vitest';
import { soundOf } from '../harness/browser.ts';
import { openSignedIn, openWindow, passTheDoor } from '../harness/page.ts';
import { ADMIN, until } from '../harness/station.ts';
import type { Shared } from './shared.ts';

/** Who may open what. */
export function describeAccess(shared: Shared): void {
  describe('who may open what', () => {
    it('says that a password is wrong, then leads back to where one wanted to go', async () => {
      const { page, complaints, close } = await openWindow(
        shared.browser,
        `${shared.station.base}/recordings?page=2`,
      );
      await page.waitForURL(/\/sign-in\?return=/);
      await page.getByText('Cette page demande un compte.').waitFor();
      await passTheDoor(page, 'not the password');
      await page.getByRole('alert').getByText('Nom ou mot de passe incorrect.').waitFor();
      // The browser itself notes the refused request; the page has nothing else to complain about.
      expect(complaints.splice(0)).toEqual([expect.stringMatching(/401.*\/api\/auth\/login$/)]);
      await passTheDoor(page);
      await page.waitForURL(`${shared.station.base}/recordings?page=2`);
      await page.getByRole('heading', { level: 1, name: 'Enregistrements' }).waitFor();
      expect(complaints).toEqual([]);
      await close();
    });

    it('keeps the session over a reload, in a cookie that no script reads, until one signs out', async () => {
      const { page, complaints, close } = await openSignedIn(shared.browser, shared.station, '/recordings');
      await page.reload();
      await page.getByRole('button', { name: 'Compte de admin' }).waitFor();
      const cookies = await page.context().cookies();
      expect(cookies).toEqual([expect.objectContaining({ httpOnly: true, sameSite: 'Strict' })]);
      const kept = await page.evaluate(() => JSON.stringify({ ...localStorage, ...sessionStorage }));
      expect(kept).not.toContain(cookies[0]?.value);
      expect(kept).not.toMatch(/eyJ/);
      await page.getByRole('button', { name: 'Compte de admin' }).click();
      await page.getByRole('menuitem', { name: 'Se déconnecter' }).click();
      await page.getByText('Vous êtes déconnecté.').waitFor();
      await page.waitForURL(/\/sign-in/);
      await page.goto(`${shared.station.base}/recordings`);
      await page.waitForURL(/\/sign-in\?return=/);
      expect(complaints).toEqual([]);
      await close();
    });

    it('plays a public débat to whoever comes, and hides a private one as if it were not there', async () => {
      const hidden = await shared.station.json<{ id: string }>('POST', '/api/debats', {
        title: 'À huis clos',
        type: 'commission',
        date: '2026-11-20',
        visibility: 'private',
      });
      const { page, complaints, close } = await openWindow(shared.browser, `${shared.station.base}/archive`);
      await page.getByRole('button', { name: /^Écouter « Questions à l’exécutif/ }).click();
      await until(
        () => soundOf(page),
        ({ isPlaying, seconds }) => isPlaying && seconds > 0.3,
        20,
      );
      expect(await page.getByText('À huis clos').count()).toBe(0);
      expect(complaints.splice(0)).toEqual([]);
      await page.goto(`${shared.station.base}/archive/${hidden.id}`);
      await page.getByRole('heading', { level: 1, name: 'Rien à cette adresse' }).waitFor();
      expect(complaints.every((complaint) => complaint.includes('404'))).toBe(true);
      await close();
      const own = await openSignedIn(shared.browser, shared.station, `/archive/${hidden.id}`);
      await own.page.getByRole('heading', { level: 1, name: 'À huis clos' }).waitFor();
      await own.page.getByText('Privé').waitFor();
      await own.close();
    });

    it('documents the API in Swagger UI, whose dialog signs in and whose call then succeeds', async () => {
      const { page, complaints, close } = await openWindow(
        shared.browser,
        `${shared.station.base}/docs#/sign-in/getMe`,
      );
      await page.getByRole('button', { name: 'Authorize' }).click();
      const dialog = page.locator('.modal-ux');
      await dialog.locator('#oauth_username').fill(ADMIN.email);
      await dialog.locator('#oauth_password').fill(ADMIN.password);
      await dialog.getByRole('button', { name: 'Apply given OAuth2 credentials' }).click();
      await dialog.getByRole('button', { name: 'Remove authorization' }).waitFor();
      await dialog.locator('.close-modal').click();
      const me = page.locator('.opblock').filter({ has: page.locator('[data-path="/api/user/me"]') });
      await me.getByRole('button', { name: 'Try it out' }).click();
      const answer = page.waitForResponse((response) => response.url().endsWith('/api/user/me'));
      await me.getByRole('button', { name: 'Execute' }).click();
      expect((await answer).status()).toBe(200);
      await me.locator('.live-responses-table').getByText(ADMIN.email).first().waitFor();
      expect(complaints).toEqual([]);
      await close();
    });

    it('documents the API in ReDoc, from this station alone', async () => {
      const hosts = new Set<string>();
      const { page, complaints, close } = await openWindow(shared.browser, 'about:blank');
      page.on('request', (request) => hosts.add(new URL(request.url()).host));
      await page.goto(`${shared.station.base}/redoc`);
      await page
        .getByRole('heading', { name: /Antenne/ })
        .first()
        .waitFor();
      await page.getByText('/api/debats').first().waitFor({ state: 'attached' });
      expect(complaints).toEqual([]);
      expect([...hosts].filter((host) => host !== '' && host !== new URL(shared.station.base).host)).toEqual(
        [],
      );
      await close();
    });
  });
}
