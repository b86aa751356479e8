package query_test

import (
	"context"
	"errors"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that what a full text search, a function or a trigger says of the values that it was given is in no form of
// the error, and that nothing it names is taken for a table or a column that has to be installed. suite: 29
func TestErrorsOfFunctions(t *testing.T) {
	t.Parallel()
	dbtest.Each(t, func(t *testing.T, e dbtest.Engine) {
		is := is.New(t)
		ctx := context.Background()
		statements := &kit.Statements{}
		db, notes := noteStore(t, e.DSN, statements.Option())
		var conds []prom.Cond[*kit.Note]
		if e.Name == dbtest.NameSQLite {
			kit.RunSQL(t, db, "CREATE VIRTUAL TABLE words USING fts5(body)",
				"CREATE TRIGGER no_change BEFORE UPDATE ON note BEGIN SELECT RAISE(ABORT, NEW.body); END")
			for _, search := range []string{"SECRET:x", `"SECRET`, "SECRET(", "no such table: SECRET", "{SECRET} : x",
				"SECRET AND"} {
				conds = append(conds, prom.Raw(note, "EXISTS (SELECT 1 FROM words WHERE words MATCH ?)", search))
			}
			conds = append(conds, prom.Raw(note, "json_extract(?, '$.a') = 1", "SECRET"),
				prom.Raw(note, "json_extract('{}', ?) = 1", "SECRET"))
		} else {
			kit.RunSQL(t, db, "CREATE FUNCTION no_change() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION USING MESSAGE = NEW.body, ERRCODE = 'check_violation'; END $$",
				"CREATE TRIGGER no_change BEFORE UPDATE ON note FOR EACH ROW EXECUTE FUNCTION no_change()")
			conds = append(conds, prom.Raw(note, "to_tsvector('x') @@ to_tsquery(?)", "SECRET )("),
				prom.Raw(note, "title ~ ?", "SECRET("),
				prom.Raw(note, "CAST(? AS int) = 1", "SECRET"), prom.Raw(note, "CAST(? AS jsonb) IS NULL", "{SECRET"))
		}
		_, err := notes.All(ctx)
		is.NoErr(err)
		for _, c := range conds {
			statements.Take()
			_, err := notes.Where(c).Count(ctx)
			is.True(err != nil)
			is.True(errors.Is(err, prom.ErrSyntax) || errors.Is(err, prom.ErrType))
			kit.NoSecret(t, err)
			is.Equal(len(kit.Calls(statements.Take())), 1) // and no installation
		}
		for _, text := range []string{"CHECK constraint failed: SECRET", "UNIQUE constraint failed: note.SECRET",
			"no such column: SECRET",
			"FOREIGN KEY constraint failed: SECRET"} {
			_, err := notes.WithoutWhere().Update(ctx, kit.NoteBody.Set(text))
			is.True(errors.Is(err, prom.ErrCheck))
			kit.NoSecret(t, err)
			is.Equal(len(kit.AsError(t, err).Columns), 0)
		}
	})
}
