// Package migrate writes migrations for goose, golang-migrate and Atlas from declared schemas, and replays them.
package migrate

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/prom-go/prom/dialect"
	"github.com/prom-go/prom/dialect/postgres"
	"github.com/prom-go/prom/dialect/sqlite"
	"github.com/prom-go/prom/internal/snapshot"
	"github.com/prom-go/prom/schema"
)

// Snapshot is the name of the file with the declared schema, in the directory of the migrations.
const Snapshot = "schema.snapshot"

// Formats are the tools for which files are written.
const (
	Goose = "goose"
	Tool  = "migrate" // golang-migrate
	Atlas = "atlas"
	SQL   = "sql" // for psql and sqlite3
)

// Formats lists them.
var Formats = []string{Goose, Tool, Atlas, SQL}

// Dialects are the dialects by their names.
var Dialects = map[string]dialect.Dialect{"postgres": postgres.Dialect{}, "sqlite": sqlite.Dialect{}}

// Dir is a directory of migrations.
type Dir struct {
	Path    string
	Dialect string // as the snapshot tells, "" without one
	Format  string
	Files   []File          // by name
	Tables  []*schema.Table // those of the snapshot
	Text    []byte          // the snapshot, nil when there is none
}

// File is a file of a migration.
type File struct {
	Name string
	Text []byte
}

// settings begins the line of a snapshot that tells the dialect and the format of the directory.
const settings = "# prom migrate: "

// Open reads a directory. One that does not exist has no files.
func Open(path string) (*Dir, error) {
	d := &Dir{Path: path}
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	for _, e := range entries {
		if e.IsDir() || !strings.HasSuffix(e.Name(), ".sql") && e.Name() != Snapshot {
			continue
		}
		text, err := os.ReadFile(filepath.Join(path, e.Name()))
		if err != nil {
			return nil, err
		}
		if e.Name() == Snapshot {
			d.Text = text
		} else {
			d.Files = append(d.Files, File{e.Name(), text})
		}
	}
	if d.Text == nil {
		return d, nil
	}
	for l := range strings.SplitSeq(string(d.Text), "\n") {
		if rest, ok := strings.CutPrefix(l, settings); ok {
			_, _ = fmt.Sscanf(rest, "--dialect %s --format %s", &d.Dialect, &d.Format)
		}
	}
	d.Tables, err = snapshot.Read(bytes.NewReader(d.Text))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(path, Snapshot), err)
	}
	return d, nil
}

// Set tells the dialect and the format, "" for those of the snapshot.
func (d *Dir) Set(dialect, format string) error {
	for _, o := range []struct {
		name, value string
		at          *string
	}{{"--dialect", dialect, &d.Dialect}, {"--format", format, &d.Format}} {
		switch {
		case o.value == "" && *o.at == "":
			return fmt.Errorf("%s is missing: the directory %s has no snapshot that tells it", o.name, d.Path)
		case o.value != "" && *o.at != "" && o.value != *o.at:
			return fmt.Errorf("%s %s: the migrations in %s are for %s; write those for another one to a directory of their own",
				o.name, o.value, d.Path, *o.at)
		case o.value != "":
			*o.at = o.value
		}
	}
	if Dialects[d.Dialect] == nil || !slices.Contains(Formats, d.Format) {
		return fmt.Errorf("the dialect %q or the format %q is not known", d.Dialect, d.Format)
	}
	return nil
}

var versionOf = regexp.MustCompile(`^(\d+)_.`)

// Last returns the greatest version of a file, 0 without one.
func (d *Dir) Last() (last uint64) {
	for _, f := range d.Files {
		if m := versionOf.FindStringSubmatch(f.Name); m != nil {
			if n, err := strconv.ParseUint(m[1], 10, 64); err == nil {
				last = max(last, n)
			}
		}
	}
	return last
}

// sumName is the name of the file with the checksums: Atlas's own, which has the same form.
func (d *Dir) sumName() string {
	if d.Format == Atlas {
		return "atlas.sum"
	}
	return "prom.sum"
}

// Sum returns the checksums of files, in the form of Atlas: that of each file covers those before it, so that files
// which two branches have added are a conflict.
func Sum(files []File) []byte {
	var lines bytes.Buffer
	each, all := sha256.New(), sha256.New()
	for _, f := range files {
		_, _ = each.Write([]byte(f.Name))
		_, _ = each.Write(f.Text)
		sum := base64.StdEncoding.EncodeToString(each.Sum(nil))
		_, _ = all.Write([]byte(f.Name + sum))
		_, _ = lines.WriteString(f.Name + " h1:" + sum + "\n")
	}
	return append([]byte("h1:"+base64.StdEncoding.EncodeToString(all.Sum(nil))+"\n"), lines.Bytes()...)
}

// CheckSum returns what of the files is not as it was written: an error that names the files.
func (d *Dir) CheckSum() error {
	text, err := os.ReadFile(filepath.Join(d.Path, d.sumName()))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s has no file %s with the checksums: make it by prom migrate hash, when the files are right",
			d.Path, d.sumName())
	}
	if err != nil {
		return err
	}
	if bytes.Equal(text, Sum(d.Files)) {
		return nil
	}
	known := map[string]string{}
	var order []string
	for _, l := range strings.Split(strings.TrimSpace(string(text)), "\n")[1:] {
		name, sum, _ := strings.Cut(l, " ")
		known[name] = sum
		order = append(order, name)
	}
	var wrong []string
	each := sha256.New()
	for _, f := range d.Files {
		_, _ = each.Write([]byte(f.Name))
		_, _ = each.Write(f.Text)
		switch sum, ok := known[f.Name]; {
		case !ok:
			wrong = append(wrong, f.Name+" was added")
		case sum != "h1:"+base64.StdEncoding.EncodeToString(each.Sum(nil)):
			wrong = append(wrong, f.Name+" was edited")
		}
		if len(wrong) > 0 {
			break // the sums of all behind it differ
		}
	}
	for _, name := range order {
		if !slices.ContainsFunc(d.Files, func(f File) bool { return f.Name == name }) {
			wrong = append(wrong, name+" was removed")
		}
	}
	if wrong == nil {
		wrong = []string{"its first line was edited"}
	}
	return fmt.Errorf("%s: the files are not those of %s: %s; a file that a database has applied must stay as it is. If it is "+
		"meant, run prom migrate hash", d.Path, d.sumName(), strings.Join(wrong, ", "))
}

// WriteSum writes the checksums of the files that there are.
func (d *Dir) WriteSum() error { return write(d.Path, d.sumName(), Sum(d.Files)) }

// WriteSnapshot writes the snapshot of tables.
func (d *Dir) WriteSnapshot(tables []*schema.Table) error {
	var b bytes.Buffer
	if err := snapshot.Write(&b, tables); err != nil {
		return err
	}
	comment, rest, _ := strings.Cut(b.String(), "\n")
	d.Text = []byte(comment + "\n" + settings + "--dialect " + d.Dialect + " --format " + d.Format + "\n" + rest)
	return write(d.Path, Snapshot, d.Text)
}

// Add writes files, and with them the checksums.
func (d *Dir) Add(files []File) error {
	if err := os.MkdirAll(d.Path, 0o755); err != nil {
		return err
	}
	for _, f := range files {
		if err := write(d.Path, f.Name, f.Text); err != nil {
			return err
		}
	}
	d.Files = append(d.Files, files...)
	slices.SortFunc(d.Files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return d.WriteSum()
}

// write writes a file whole or not at all.
func write(dir, name string, text []byte) error {
	f, err := os.CreateTemp(dir, ".prom-*")
	if err != nil {
		return err
	}
	defer os.Remove(f.Name()) //nolint:errcheck // it has its name by then
	_, err = f.Write(text)
	if err == nil {
		err = f.Chmod(0o644)
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(f.Name(), filepath.Join(dir, name))
	}
	return err
}
