import DefaultTheme from 'vitepress/theme';
import MermaidDiagram from './MermaidDiagram.vue';

/** @type {import('vitepress').Theme} */
export default {
  extends: DefaultTheme,
  enhanceApp: ({ app }) => {
    app.component('MermaidDiagram', MermaidDiagram);
  },
};
