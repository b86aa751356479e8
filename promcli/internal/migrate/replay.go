package migrate

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"
)

const noTxAtlas = "-- atlas:txmode none"

// script is a file that is run in one direction.
type script struct {
	file       string
	statements []string
	tx         bool // in one transaction
}

// scripts returns what the files of a directory do, in order: up, and for each of them down, which has no statements
// where there is nothing to undo.
func (d *Dir) scripts() (up, down []script, err error) {
	for _, f := range d.Files {
		text := string(f.Text)
		switch {
		case d.Format == Goose:
			u, b, err := gooseScripts(f.Name, text)
			if err != nil {
				return nil, nil, err
			}
			up, down = append(up, u), append(down, b)
		case d.Format == Atlas:
			up = append(up, script{file: f.Name, statements: split(text), tx: !strings.HasPrefix(text, noTxAtlas)})
		case strings.HasSuffix(f.Name, ".up.sql"):
			up = append(up, d.whole(f.Name, text))
			name := strings.TrimSuffix(f.Name, ".up.sql") + ".down.sql"
			i := slices.IndexFunc(d.Files, func(o File) bool { return o.Name == name })
			if i < 0 {
				return nil, nil, fmt.Errorf("%s has no file %s", f.Name, name)
			}
			down = append(down, d.whole(name, string(d.Files[i].Text)))
		case !strings.HasSuffix(f.Name, ".down.sql"):
			return nil, nil, fmt.Errorf("%s is neither an .up.sql nor a .down.sql file", f.Name)
		}
	}
	return up, down, nil
}

// whole returns a file that the tool sends as it is, or in pieces.
func (d *Dir) whole(name, text string) script {
	s := script{file: name}
	switch {
	case len(split(text)) == 0:
	case d.Format == SQL:
		s.statements = split(text)
	default:
		s.statements, s.tx = []string{text}, d.Dialect == "sqlite"
	}
	return s
}

// gooseScripts reads the annotations of a file of goose.
func gooseScripts(name, text string) (up, down script, err error) {
	up, down = script{file: name, tx: true}, script{file: name, tx: true}
	var to *script
	var part strings.Builder
	whole := false
	end := func() {
		switch {
		case to == nil:
		case whole:
			to.statements = append(to.statements, part.String())
		default:
			to.statements = append(to.statements, split(part.String())...)
		}
		part.Reset()
	}
	for l := range strings.Lines(text) {
		note, ok := strings.CutPrefix(strings.TrimSpace(l), "-- +goose ")
		if !ok {
			part.WriteString(l)
			continue
		}
		switch note = strings.TrimSpace(note); note {
		case "NO TRANSACTION":
			up.tx, down.tx = false, false
			continue
		case "Up", "Down", "StatementBegin", "StatementEnd":
		default:
			return up, down, fmt.Errorf("%s: the annotation %q is not known", name, note)
		}
		end()
		switch note {
		case "Up":
			to = &up
		case "Down":
			to = &down
		default:
			whole = note == "StatementBegin"
		}
	}
	end()
	if to == nil {
		return up, down, fmt.Errorf("%s has no annotation -- +goose Up", name)
	}
	return up, down, nil
}

// run runs a script on a connection.
func (s script) run(ctx context.Context, conn *sql.Conn) error {
	exec := func(sql string) error {
		_, err := conn.ExecContext(ctx, sql)
		return err
	}
	if s.tx {
		if err := exec("BEGIN"); err != nil {
			return err
		}
	}
	for _, sql := range s.statements {
		if err := exec(sql); err != nil {
			_ = exec("ROLLBACK")
			return fmt.Errorf("%s: %w", s.file, err)
		}
	}
	if s.tx {
		return exec("COMMIT")
	}
	return nil
}
