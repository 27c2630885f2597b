import { mount } from 'svelte';
import App from './App.svelte';
import { backend } from './lib/backend';
import { bundledFonts } from './lib/fonts';
import { chooseLanguage, messages } from './lib/messages';
import './app.css';

const target = document.getElementById('app');
if (target === null) {
  throw new Error('index.html has no element with the id "app"');
}

const language = chooseLanguage(navigator.languages);
document.documentElement.lang = language;

await bundledFonts();
mount(App, { target, props: { text: messages[language], backend } });
