package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/semver"
	"golang.org/x/mod/sumdb/dirhash"
	"golang.org/x/mod/zip"
)

// library is the module of the root, and the prefix of all others.
const library = "github.com/prom-go/prom"

// private are the modules that nobody installs, by the first part of their folders.
var private = []string{"bench", "internal", "examples"}

// release is the tree of one version.
type release struct {
	repo, version, out string
	modules            []*released // the library first
}

// released is a module that is tagged.
type released struct {
	dir  string // in the repository, "." for the library
	path string
	sums []string // its lines in the go.sum of others; nil as long as its go.mod is not final
}

// tag returns the name of the tag of a module.
func (m *released) tag(version string) string { return path.Join(m.dir, version) }

func newRelease(repo, version, out string) (*release, error) {
	switch {
	case semver.Canonical(version) != version || version == "":
		return nil, fmt.Errorf("%q is no version such as v0.1.0", version)
	case out == "":
		return nil, errors.New("name a folder by -out")
	}
	if _, err := os.Stat(out); err == nil {
		return nil, fmt.Errorf("%s exists; name another folder by -out", out)
	}
	return &release{repo: repo, version: version, out: out}, nil
}

// write writes the tree. With clean, the repository must have no changes that are not committed.
func (r *release) write(clean bool) error {
	switch status, err := r.git("status", "--porcelain"); {
	case err != nil:
		return err
	case clean && len(status) > 0:
		return errors.New("the repository has changes that are not committed")
	}
	list, err := r.git("ls-files", "-z", "--cached", "--others", "--exclude-standard")
	if err != nil {
		return err
	}
	for name := range strings.SplitSeq(strings.TrimSuffix(string(list), "\x00"), "\x00") {
		if err := r.copy(name); err != nil {
			return err
		}
		if dir := path.Dir(name); path.Base(name) == "go.mod" && installable(dir) {
			r.modules = append(r.modules, &released{dir: dir, path: path.Join(library, dir)})
		}
	}
	slices.SortFunc(r.modules, func(a, b *released) int { return strings.Compare(a.path, b.path) })
	for _, m := range r.modules {
		if err := r.finish(m, nil); err != nil {
			return fmt.Errorf("%s: %w", m.path, err)
		}
	}
	return nil
}

func installable(dir string) bool {
	first, _, _ := strings.Cut(dir, "/")
	return !slices.Contains(private, first) && !strings.Contains("/"+dir+"/", "/testdata/")
}

func (r *release) git(args ...string) ([]byte, error) {
	cmd := exec.Command("git", args...)
	cmd.Dir = r.repo
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("git %s: %w: %s", args[0], err, stderr.Bytes())
	}
	return out, nil
}

// copy copies a file of the repository. One that is listed and was removed is left out.
func (r *release) copy(name string) error {
	from, to := filepath.Join(r.repo, name), filepath.Join(r.out, name)
	info, err := os.Lstat(from)
	switch {
	case errors.Is(err, os.ErrNotExist):
		return nil
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", name)
	}
	b, err := os.ReadFile(from)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(to), 0o777)
	}
	if err == nil {
		err = os.WriteFile(to, b, info.Mode().Perm())
	}
	return err
}

// finish writes the go.mod and go.sum of a module after those of the modules that it requires, and computes its hashes.
func (r *release) finish(m *released, open []*released) error {
	if m.sums != nil {
		return nil
	}
	if slices.Contains(open, m) {
		return errors.New("modules that require each other have no hash")
	}
	dir := filepath.Join(r.out, m.dir)
	name := filepath.Join(dir, "go.mod")
	text, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	file, err := modfile.Parse(name, text, nil)
	if err != nil {
		return err
	}
	var sums []string
	for _, required := range slices.Clone(file.Require) {
		i := slices.IndexFunc(r.modules, func(o *released) bool { return o.path == required.Mod.Path })
		if i < 0 {
			continue
		}
		if err := r.finish(r.modules[i], append(open, m)); err != nil {
			return err
		}
		if err := file.AddRequire(required.Mod.Path, r.version); err != nil {
			return err
		}
		sums = append(sums, r.modules[i].sums...)
	}
	for _, replaced := range slices.Clone(file.Replace) {
		if !strings.HasPrefix(replaced.Old.Path+"/", library+"/") {
			return fmt.Errorf("go.mod replaces %s, which no release can", replaced.Old.Path)
		}
		if err := file.DropReplace(replaced.Old.Path, replaced.Old.Version); err != nil {
			return err
		}
	}
	file.Cleanup()
	if text, err = file.Format(); err == nil {
		err = os.WriteFile(name, text, 0o666) //nolint:gosec // source
	}
	if err == nil {
		err = addSums(filepath.Join(dir, "go.sum"), sums)
	}
	if err == nil && m.dir != "." { // the go command would add it to the module
		err = copyLicense(r.out, dir)
	}
	if err != nil {
		return err
	}
	m.sums, err = r.hash(m, text)
	return err
}

func copyLicense(root, dir string) error {
	b, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "LICENSE"), b, 0o666) //nolint:gosec // source
}

// addSums adds lines to a go.sum.
func addSums(name string, sums []string) error {
	if sums == nil {
		return nil
	}
	b, err := os.ReadFile(name)
	if err != nil {
		return err
	}
	lines := strings.Split(strings.TrimSpace(string(b)), "\n")
	lines = append(lines, sums...)
	slices.Sort(lines)
	return os.WriteFile(name, []byte(strings.Join(slices.Compact(lines), "\n")+"\n"), 0o666) //nolint:gosec // source
}

// hash returns the lines of a module in the go.sum of others.
func (r *release) hash(m *released, mod []byte) ([]string, error) {
	file, err := os.CreateTemp("", "release")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.Remove(file.Name()) }()
	err = zip.CreateFromDir(file, module.Version{Path: m.path, Version: r.version}, filepath.Join(r.out, m.dir))
	if err = errors.Join(err, file.Close()); err != nil {
		return nil, err
	}
	sum, err := dirhash.HashZip(file.Name(), dirhash.Hash1)
	if err != nil {
		return nil, err
	}
	modSum, err := dirhash.Hash1([]string{"go.mod"}, func(string) (io.ReadCloser, error) {
		return io.NopCloser(bytes.NewReader(mod)), nil
	})
	return []string{
		fmt.Sprintf("%s %s %s", m.path, r.version, sum), fmt.Sprintf("%s %s/go.mod %s", m.path, r.version, modSum),
	}, err
}

// writeProxy writes the modules as a proxy has them.
func (r *release) writeProxy(dir string) error {
	for _, m := range r.modules {
		versions := filepath.Join(dir, filepath.FromSlash(m.path), "@v") // no path has a capital letter
		if err := os.MkdirAll(versions, 0o777); err != nil {
			return err
		}
		mod, err := os.ReadFile(filepath.Join(r.out, m.dir, "go.mod"))
		if err != nil {
			return err
		}
		var archive bytes.Buffer
		v := module.Version{Path: m.path, Version: r.version}
		if err := zip.CreateFromDir(&archive, v, filepath.Join(r.out, m.dir)); err != nil {
			return err
		}
		for name, content := range map[string][]byte{
			"list": []byte(r.version + "\n"), r.version + ".mod": mod, r.version + ".zip": archive.Bytes(),
			r.version + ".info": fmt.Appendf(nil, `{"Version":%q}`, r.version),
		} {
			if err := os.WriteFile(filepath.Join(versions, name), content, 0o666); err != nil { //nolint:gosec // public
				return err
			}
		}
	}
	return nil
}
