// Release makes a release: it writes its tree, commits and tags it, and compiles the command.
//
// In a checkout, a module such as promcli replaces the library by the folder above, so that both change together. With
// a replace, go install refuses it. In the tree of a release it requires the library at the version instead, and its
// go.sum has the library's hash, which is computed from the tree.
//
//	make release VERSION=v0.1.0             # a dry run, which changes nothing
//	make release VERSION=v0.1.0 APPLY=1     # commits and tags
//	make release-tree VERSION=v0.1.0 OUT=/tmp/release
//
// With -cut, the section Unreleased of CHANGELOG.md gets the version and the date, in a commit on the branch. A commit
// beside the branch has the tree of the release, and the tags of all modules lead to it. Archives of the command for
// all platforms, with the licences of what is compiled in, go to the folder -dist with their SHA-256 checksums and the
// notes of the release. All this happens in a clone; with -apply the repository gets the commits and the tags. Nothing
// is pushed.
//
// With -archives it writes the archives alone, from a checkout of the tag: the same bytes, with the same version of Go.
// Without either it only writes the tree. With -proxy it also writes a folder that the go command takes as a GOPROXY,
// which shows before tagging that go install works.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"time"
)

func main() {
	repo := flag.String("repo", ".", "the repository")
	version := flag.String("version", "", "the version of all modules, such as v0.1.0")
	out := flag.String("out", "", "the folder to write the tree to, which must not exist")
	proxy := flag.String("proxy", "", "a folder to write the modules to, as a GOPROXY has them; none without it")
	doCut := flag.Bool("cut", false, "make the release: commits, tags and archives")
	rebuild := flag.Bool("archives", false, "write the archives of a release from a checkout of its tag")
	apply := flag.Bool("apply", false, "with -cut: put the commits and tags into the repository")
	dist := flag.String("dist", "", "the folder to write the archives to, which must not exist")
	platforms := flag.String("platforms", "", "what to compile for, such as linux/amd64,darwin/arm64; none without it")
	flag.Parse()
	c := cut{repo: *repo, version: *version, dist: *dist, apply: *apply, now: time.Now(), out: os.Stdout,
		platforms: strings.FieldsFunc(*platforms, func(r rune) bool { return r == ',' || r == ' ' })}
	var err error
	switch {
	case *doCut:
		err = c.run()
	case *rebuild:
		err = c.rebuild()
	default:
		err = writeTree(*repo, *version, *out, *proxy)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "release:", err)
		os.Exit(1)
	}
}

// writeTree writes the tree of a release, and the modules for a proxy if that has a folder.
func writeTree(repo, version, out, proxy string) error {
	r, err := newRelease(repo, version, out)
	if err == nil {
		err = r.write(true)
	}
	if err == nil && proxy != "" {
		err = r.writeProxy(proxy)
	}
	if err != nil {
		return err
	}
	fmt.Printf("The tree is in %s. make release commits and tags it:\n\n", out)
	for _, m := range r.modules {
		fmt.Println("  " + m.tag(version))
	}
	return nil
}
