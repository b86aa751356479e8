// Package check has the tests of the built site, which make site-check runs: a crawler, and pages in Chromium at the
// widths of a phone and of a desktop, light and dark, with axe-core. It is a module of its own, because a browser's
// protocol must not become a dependency of the library.
package check
