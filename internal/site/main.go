// Site stages the pages of the documentation for the generator of the site: each page with its title and description,
// links that lead to pages of the site or to files of the repository, and anchors for the options of DSNs and tags.
// make site runs it, and then VitePress on the result.
//
// The tree of the site is site/tree.json: sections with pages, as paths or patterns from the root of the repository. A
// pattern takes the pages that no other section names. The title of a page is its first heading, and its description
// the paragraph below.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	repo := flag.String("repo", ".", "the repository")
	out := flag.String("out", "site/src", "the folder for the staged pages, which is emptied first")
	version := flag.String("version", "", "the version of the pages, such as v0.1.0; unreleased without it")
	flag.Parse()
	n, err := stage(*repo, *out, *version)
	if err != nil {
		fmt.Fprintln(os.Stderr, "site:", err)
		os.Exit(1)
	}
	fmt.Printf("%d pages in %s\n", n, *out)
}
