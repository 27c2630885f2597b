/** Every text that a person sees, per language; components get a catalogue, never a literal. */
import { en, type Messages } from './en';
import { ja } from './ja';

export type { Messages } from './en';

export type Language = 'en' | 'ja';

export const messages: Record<Language, Messages> = { en, ja };

/** The first language of the person's list that there is a catalogue for, else English. */
export function chooseLanguage(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const primary = tag.toLowerCase().split('-')[0];
    if (primary === 'en' || primary === 'ja') {
      return primary;
    }
  }
  return 'en';
}

/** Puts values into the `{name}` places of a message. A place without a value stays as it is. */
export function fill(message: string, values: Readonly<Record<string, string>>): string {
  return message.replace(/\{(\w+)\}/g, (place, name: string) => values[name] ?? place);
}
