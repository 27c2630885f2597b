import { describe, expect, test } from 'vitest';
import { chooseLanguage, fill, messages } from '.';

const catalogues = Object.entries(messages);

describe('the catalogues', () => {
  test.each(catalogues)('%s has the keys of English', (_, catalogue) => {
    expect(Object.keys(catalogue).sort()).toEqual(Object.keys(messages.en).sort());
  });

  test.each(catalogues)('%s has no empty text', (_, catalogue) => {
    expect(Object.entries(catalogue).filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  test.each(catalogues)('%s has the places of English', (_, catalogue) => {
    const places = (text: string) => (text.match(/\{\w+\}/g) ?? []).sort();
    for (const key of Object.keys(messages.en) as (keyof typeof messages.en)[]) {
      expect(places(catalogue[key]), key).toEqual(places(messages.en[key]));
    }
  });
});

describe('chooseLanguage', () => {
  test.each([
    [['ja-JP', 'en-US'], 'ja'],
    [['de-DE', 'ja', 'en'], 'ja'],
    [['en-GB', 'ja'], 'en'],
    [['de-DE'], 'en'],
    [[], 'en'],
  ])('%j gives %s', (wanted, language) => {
    expect(chooseLanguage(wanted)).toBe(language);
  });
});

describe('fill', () => {
  test('puts values into their places and leaves unknown ones', () => {
    expect(fill('{a} and {b}', { a: '1' })).toBe('1 and {b}');
  });

  test('reads no value as a pattern', () => {
    expect(fill('{a}', { a: '$& {a}' })).toBe('$& {a}');
  });
});
