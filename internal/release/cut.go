package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const changelogName = "CHANGELOG.md"

// cut is a release that is made: a commit that cuts the changelog, a commit beside the branch with the tree of the
// release, to which all tags lead, and archives of the command.
type cut struct {
	repo, version string
	platforms     []string // such as linux/amd64; for which the command is compiled
	dist          string   // the folder of the archives, which must not exist; "" for one that is removed
	apply         bool     // the repository gets the commits and the tags; without it, nothing changes
	now           time.Time
	out           io.Writer
}

// run makes the release in a clone, and takes it over into the repository with apply.
func (c *cut) run() error {
	branch, err := c.check()
	if err != nil {
		return err
	}
	changelog, notes, err := c.changelog()
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	clone := filepath.Join(work, "clone")
	if _, err := git(c.repo, "clone", "-q", "--branch", branch, ".", clone); err != nil {
		return err
	}
	for _, key := range []string{"user.name", "user.email", "user.signingkey", "tag.gpgsign", "gpg.format"} {
		if value, err := git(c.repo, "config", key); err == nil {
			if _, err := git(clone, "config", key, value); err != nil {
				return err
			}
		}
	}
	name := filepath.Join(clone, changelogName)
	if err := os.WriteFile(name, []byte(changelog), 0o666); err != nil { //nolint:gosec // source
		return err
	}
	if _, err := git(clone, "commit", "-q", "-m", "release: "+c.version, changelogName); err != nil {
		return err
	}
	r, err := newRelease(clone, c.version, filepath.Join(work, "tree"))
	if err == nil {
		err = r.write(true)
	}
	if err != nil {
		return err
	}
	tags, err := c.commitTree(r, clone, notes)
	if err != nil {
		return err
	}
	if len(c.platforms) > 0 {
		dist := c.dist
		if dist == "" {
			dist = filepath.Join(work, "dist")
		}
		if err := c.archives(r, work, dist, notes); err != nil {
			return err
		}
	}
	return c.finish(clone, branch, tags)
}

// rebuild writes the archives of a release from a checkout of its tag, which has the changelog and the modules already.
func (c *cut) rebuild() error {
	if c.dist == "" || len(c.platforms) == 0 {
		return errors.New("name a folder by -dist, and -platforms")
	}
	text, err := os.ReadFile(filepath.Join(c.repo, changelogName))
	if err != nil {
		return err
	}
	notes, err := notesOf(string(text), c.version)
	if err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "release")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(work) }()
	r, err := newRelease(c.repo, c.version, filepath.Join(work, "tree"))
	if err == nil {
		err = r.write(true)
	}
	if err != nil {
		return err
	}
	return c.archives(r, work, c.dist, notes)
}

// check returns the branch that is released.
func (c *cut) check() (branch string, err error) {
	branch, err = git(c.repo, "symbolic-ref", "--short", "HEAD")
	if err != nil {
		return "", errors.New("check out the branch to release")
	}
	switch status, err := git(c.repo, "status", "--porcelain"); {
	case err != nil:
		return "", err
	case status != "":
		return "", errors.New("the repository has changes that are not committed")
	}
	if tag, err := git(c.repo, "tag", "--list", c.version, "*/"+c.version); err != nil || tag != "" {
		return "", errors.Join(err, fmt.Errorf("the version has tags: %s", strings.Join(strings.Fields(tag), ", ")))
	}
	if c.dist != "" {
		if _, err := os.Stat(c.dist); err == nil {
			return "", fmt.Errorf("%s exists; name another folder", c.dist)
		}
	}
	return branch, nil
}

// changelog returns the changelog of the version, and its notes.
func (c *cut) changelog() (text, notes string, err error) {
	b, err := os.ReadFile(filepath.Join(c.repo, changelogName))
	if err != nil {
		return "", "", err
	}
	return cutChangelog(string(b), c.version, c.now.UTC().Format(time.DateOnly))
}

// commitTree commits the tree of the release beside the branch, and tags that commit for each module.
func (c *cut) commitTree(r *release, clone, notes string) (tags []string, err error) {
	list := [][]string{
		{"checkout", "-q", "--detach"},
		{"--work-tree", r.out, "add", "--all", "--force", "."},
		{"--work-tree", r.out, "commit", "-q", "-m", "release: the modules of " + c.version},
	}
	for _, m := range r.modules {
		tag := m.tag(c.version)
		tags = append(tags, tag)
		message := m.path + " " + c.version
		if m.dir == "." {
			message += "\n\n" + notes
		}
		list = append(list, []string{"tag", "-a", "--cleanup=verbatim", tag, "-m", message})
	}
	for _, args := range list {
		if _, err := git(clone, args...); err != nil {
			return nil, err
		}
	}
	return tags, nil
}

// finish takes the commits and tags over into the repository, or tells what it would do.
func (c *cut) finish(clone, branch string, tags []string) error {
	push := "git push --atomic origin " + branch + " " + strings.Join(tags, " ")
	if !c.apply {
		_, err := fmt.Fprintf(c.out, "Dry run: nothing has changed. With APPLY=1 the branch %s gets the changelog of %s, "+
			"and these tags are made:\n\n  %s\n\nThey are pushed by hand:\n\n  %s\n",
			branch, c.version, strings.Join(tags, "\n  "), push)
		return err
	}
	// The branch is fetched by itself, because merge takes all that the last fetch was told to get.
	fetch := []string{"fetch", "-q", "--no-tags", clone}
	refs := slices.Clone(fetch)
	for _, tag := range tags {
		refs = append(refs, "refs/tags/"+tag+":refs/tags/"+tag)
	}
	for _, args := range [][]string{append(fetch, "refs/heads/"+branch),
		{"merge", "-q", "--ff-only", "FETCH_HEAD"}, refs} {
		if _, err := git(c.repo, args...); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(c.out, "%s is committed and tagged. Look at it, and push:\n\n  %s\n", c.version, push)
	return err
}

// git runs git in a folder and returns what it has printed.
func git(dir string, args ...string) (string, error) {
	cmd := exec.Command("git", args...) //nolint:noctx // it is ended with the program
	cmd.Dir = dir
	cmd.Env = slices.DeleteFunc(os.Environ(), func(s string) bool { return strings.HasPrefix(s, "GIT_DIR=") })
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("git %s: %w: %s", args[0], err, stderr.Bytes())
	}
	return strings.TrimSpace(string(out)), nil
}
