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
    theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' },
    config: markdown => {
      const rules = markdown.renderer.rules
      // Wide tables and pictures scroll by themselves, and not the page. What scrolls is reached by keyboard.
      rules.table_open = () => '<div class="table" tabindex="0"><table>\n'
      rules.table_close = () => '</table></div>\n'
      rules.paragraph_open = (tokens, i, options, env, self) => {
        const children = tokens[i + 1].children ?? []
        if (children.length === 1 && children[0].type === 'image') {
          tokens[i].attrSet('class', 'picture')
          tokens[i].attrSet('tabindex', '0')
        }
        return self.renderToken(tokens, i, options)
      }
      // A column without a title has no header cell.
      rules.th_open = (tokens, i, options, env, self) => {
        if (tokens[i + 1].content === '') tokens[i].tag = tokens[i + 2].tag = 'td'
        return self.renderToken(tokens, i, options)
      }
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
