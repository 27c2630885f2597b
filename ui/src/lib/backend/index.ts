/** The one door to the program behind the window; nothing else in the page imports Tauri. */
import { invoke } from '@tauri-apps/api/core';
import type { About, Backend } from './types';

export type { About, Backend } from './types';

export const backend: Backend = {
  about: async () => await invoke<About>('about'),
};
