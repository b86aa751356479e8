package write_test

import (
	"errors"
	"strconv"
	"testing"

	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/behaviour/kit"
	"github.com/prom-go/prom/internal/dbtest"
)

// Inbox is a partition of the table mail, whose triggers are its own. Before PostgreSQL 15 they are internal ones.
type Inbox struct {
	ID      int64 `prom:"key,auto"`
	Subject string
}

var (
	inbox        = prom.Proto[Inbox]()
	inboxSubject = prom.TextOf(inbox, &inbox.Subject)
)

// Ensure that a row which a trigger of the partitioned table suppresses is missed by each way to write to a partition.
func TestSuppressedInPartition(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	ctx := kit.Ended(t)
	db := kit.Open(t, dbtest.Postgres(t))
	kit.RunSQL(t, db, `CREATE TABLE mail (id bigserial PRIMARY KEY, subject text NOT NULL) PARTITION BY HASH (id);
		CREATE TABLE inbox PARTITION OF mail FOR VALUES WITH (MODULUS 1, REMAINDER 0);
		CREATE FUNCTION no_spam() RETURNS trigger LANGUAGE plpgsql AS
			$$ BEGIN IF NEW.subject = 'spam' THEN RETURN NULL; END IF; RETURN NEW; END $$;
		CREATE TRIGGER no_spam BEFORE INSERT OR UPDATE ON mail FOR EACH ROW EXECUTE FUNCTION no_spam()`)
	repo := prom.NewRepo[Inbox](prom.Using(db))
	is.NoErr(repo.Create(ctx, &Inbox{Subject: "first"}))
	is.True(errors.Is(repo.Create(ctx, &Inbox{Subject: "spam"}), prom.ErrNotStored))
	for _, n := range []int{3, kit.ByArrays + 1, kit.ByCopy + 1} {
		list := make([]Inbox, n)
		for i := range list {
			list[i].Subject = strconv.Itoa(i)
		}
		list[n/2].Subject = "spam"
		is.True(errors.Is(repo.CreateMany(ctx, list), prom.ErrNotStored))
	}
	var b prom.Batch
	prom.Queue(&b, repo).Create(&Inbox{Subject: "spam"})
	is.True(errors.Is(b.Run(ctx), prom.ErrNotStored))
	one := kit.AllOf(t, repo)[0]
	one.Subject = "spam"
	is.True(repo.Save(ctx, &one) != nil)
	is.Equal(kit.Count(t, repo.Where(inboxSubject.Eq("first"))), 1)
	is.Equal(kit.Count(t, repo.Query()), 1)
}
