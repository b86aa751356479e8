import { readFileSync } from 'node:fs'
import { defineConfig } from 'vitepress'
import { options, render } from '../search.mjs'

// What internal/site wrote beside the pages.
const site = JSON.parse(readFileSync(new URL('../src/site.json', import.meta.url), 'utf8'))

const base = process.env.SITE_BASE ?? '/'

// The name by which a link reaches a heading, as GitHub makes it and internal/site checks it.
const slugify = text => text.replace(/[^\p{L}\p{N}_ -]/gu, '').toLowerCase().replaceAll(' ', '-')

export default defineConfig({
  title: 'prom',
  description: 'Go structs in PostgreSQL and SQLite',
  lang: 'en',
  base,
  srcDir: 'src',
  outDir: 'dist',
  lastUpdated: false,
  markdown: {
    anchor: { slugify },
    languageAlias: { golang: 'go' },
    config: markdown => {
      // A wide table scrolls by itself, and not the page.
      markdown.renderer.rules.table_open = () => '<div class="table" tabindex="0" role="region" aria-label="table"><table>\n'
      markdown.renderer.rules.table_close = () => '</table></div>\n'
    },
  },
  themeConfig: {
    nav: [
      { text: 'Index by task', link: '/tasks' },
      { text: 'Options', items: [{ text: 'Tags', link: '/tags' }, { text: 'DSNs', link: '/dsn' }] },
      { text: 'Errors', link: '/errors' },
      {
        text: site.version,
        items: [
          { text: 'Changelog', link: '/changelog' },
          ...site.versions.map(v => ({ text: v, link: `${site.repository}/tree/${v}/docs` })),
        ],
      },
    ],
    sidebar: site.sidebar,
    outline: [2, 3],
    socialLinks: [{ icon: 'github', link: site.repository }],
    editLink: {
      pattern: ({ frontmatter }) => `https://github.com/prom-go/prom/edit/main/${frontmatter.source}`,
      text: 'Edit this page',
    },
    search: { provider: 'local', options: { miniSearch: options(site.tasks, base), _render: render } },
  },
})
