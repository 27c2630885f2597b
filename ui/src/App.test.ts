import { flushSync, mount, unmount } from 'svelte';
import { afterEach, describe, expect, test } from 'vitest';
import App from './App.svelte';
import type { Backend } from './lib/backend';
import { type Language, messages } from './lib/messages';

let shown: object | undefined;

async function show(language: Language, about: Backend['about']): Promise<HTMLElement> {
  document.body.replaceChildren();
  const answer = about();
  shown = mount(App, {
    target: document.body,
    props: { text: messages[language], backend: { about: async () => await answer } },
  });
  await answer.catch(() => undefined);
  await new Promise((resolve) => setTimeout(resolve));
  flushSync();
  return document.body;
}

afterEach(async () => {
  if (shown !== undefined) {
    await unmount(shown);
  }
  shown = undefined;
});

describe.each(['en', 'ja'] as const)('the window in %s', (language) => {
  test('says that it has no sessions, and where they are', async () => {
    const page = await show(language, async () => await Promise.resolve({ version: '1.2.3' }));
    const text = messages[language];
    expect(page.querySelector('h1')?.textContent).toBe(text.emptyHeading);
    expect([...page.querySelectorAll('code')].map((code) => code.textContent)).toEqual([
      text.attachCommand,
      text.screenCommand,
      text.searchCommand,
    ]);
  });

  test('shows the version that the program answers', async () => {
    const page = await show(language, async () => await Promise.resolve({ version: '1.2.3' }));
    expect(page.querySelector('footer')?.textContent).toContain('1.2.3');
  });

  test('says so when no program answers', async () => {
    const page = await show(language, async () => await Promise.reject(new Error('no program')));
    expect(page.querySelector('[role=alert]')?.textContent).toBe(messages[language].noProgram);
  });
});
