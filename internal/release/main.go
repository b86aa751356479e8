// Release writes the tree of a release: the repository with the go.mod files that its modules have when they are
// tagged.
//
// In a checkout, a module such as promcli replaces the library by the folder above, so that both change together. With
// a replace, go install refuses it. In the tree of a release it requires the library at the version instead, and its
// go.sum has the library's hash, which is computed from the tree.
//
//	make release-tree VERSION=v0.1.0 OUT=/tmp/release
//
// The tree is to be committed as it is, and that commit to be tagged for each module; the command prints the tags. With
// -proxy it also writes a folder that the go command takes as a GOPROXY, which shows before tagging that go install
// works.
package main

import (
	"flag"
	"fmt"
	"os"
)

func main() {
	repo := flag.String("repo", ".", "the repository")
	version := flag.String("version", "", "the version of all modules, such as v0.1.0")
	out := flag.String("out", "", "the folder to write the tree to, which must not exist")
	proxy := flag.String("proxy", "", "a folder to write the modules to, as a GOPROXY has them; none without it")
	flag.Parse()
	r, err := newRelease(*repo, *version, *out)
	if err == nil {
		err = r.write(true)
	}
	if err == nil && *proxy != "" {
		err = r.writeProxy(*proxy)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
	fmt.Printf("The tree is in %s. Commit it as it is, and tag that commit:\n\n", *out)
	for _, m := range r.modules {
		fmt.Println("  git tag " + m.tag(*version))
	}
}
