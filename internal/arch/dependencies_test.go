package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

// licences are the names of licences, and what their texts say.
var licences = map[string]string{
	"MIT":          "Permission is hereby granted, free of charge",
	"BSD-3-Clause": "Neither the name",
}

// Ensure that docs/dependencies.md has each module of go.mod, no other, with its version and the licence that lies with
// it.
func TestDependencies(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	page, err := os.ReadFile(root + "/docs/dependencies.md")
	is.NoErr(err)
	rows := map[string][]string{}
	for line := range strings.Lines(string(page)) {
		if cells := strings.Split(line, "|"); len(cells) == 6 && strings.Contains(cells[1], "`") {
			rows[strings.Trim(cells[1], " `")] = cells[2:5]
		}
	}
	cmd := exec.Command("go", "mod", "edit", "-json")
	cmd.Dir = root
	out, err := cmd.Output()
	is.NoErr(err)
	var mod struct {
		Require []struct {
			Path, Version string
			Indirect      bool
		}
		Replace, Exclude, Tool []any
	}
	is.NoErr(json.Unmarshal(out, &mod))
	is.Equal(len(mod.Replace)+len(mod.Exclude)+len(mod.Tool), 0)
	is.Equal(len(rows), len(mod.Require))
	folders := moduleFolders(t)
	for _, m := range mod.Require {
		cells := rows[m.Path]
		if cells == nil {
			t.Errorf("docs/dependencies.md has no row for %s", m.Path)
			continue
		}
		is.Equal(m.Path+" "+strings.TrimSpace(cells[0]), m.Path+" "+m.Version)
		is.Equal(strings.Contains(cells[2], "indirect"), m.Indirect)
		name := strings.FieldsFunc(cells[1], func(r rune) bool { return strings.ContainsRune(" ;,", r) })[0]
		if folders[m.Path] == "" {
			continue // no package of it is compiled, so it need not be there
		}
		text := strings.Join(strings.Fields(licenceIn(t, folders[m.Path])), " ")
		if says := licences[name]; says == "" || !strings.Contains(text, says) {
			t.Errorf("the licence of %s is not %q", m.Path, name)
		}
	}
}

// moduleFolders returns where the modules lie of which packages are compiled.
func moduleFolders(t *testing.T) map[string]string {
	t.Helper()
	is := is.New(t)
	cmd := exec.Command("go", "list", "-deps", "-test", "-e", "-json=Module", "./...")
	cmd.Dir = root
	out, err := cmd.Output()
	is.NoErr(err)
	folders := map[string]string{}
	for dec := json.NewDecoder(bytes.NewReader(out)); ; {
		var p struct{ Module *struct{ Path, Dir string } }
		err := dec.Decode(&p)
		if errors.Is(err, io.EOF) {
			return folders
		}
		is.NoErr(err)
		if p.Module != nil {
			folders[p.Module.Path] = p.Module.Dir
		}
	}
}

func licenceIn(t *testing.T, folder string) string {
	t.Helper()
	list, err := filepath.Glob(filepath.Join(folder, "LICENSE*"))
	if err != nil || folder == "" || len(list) == 0 {
		t.Errorf("no licence in %q: %v", folder, err)
		return ""
	}
	b, err := os.ReadFile(list[0])
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
