package torture

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// Ensure that a full disk is told as such, whatever was written, that the rows are those that were acknowledged, that
// reading goes on, and that the program writes again when there is space. suite: 25
func TestSQLiteDiskFull(t *testing.T) {
	t.Parallel()
	const size, ballast = 8 << 20, 2 << 20
	for _, journal := range []string{"WAL", "DELETE"} {
		t.Run(journal, func(t *testing.T) {
			t.Parallel()
			disk := t.TempDir()
			if err := syscall.Mount("tmpfs", disk, "tmpfs", 0, "size=8m"); err != nil {
				dbtest.LeaveOut(t, 25, "no disk of its own can be mounted, for which it takes root: "+err.Error())
			}
			t.Cleanup(func() {
				if err := syscall.Unmount(disk, 0); err != nil {
					t.Error(err)
				}
			})
			filler := filepath.Join(disk, "filler")
			if err := os.WriteFile(filler, make([]byte, ballast), 0o600); err != nil {
				t.Fatal(err)
			}
			db := open(t, "sqlite://"+filepath.ToSlash(filepath.Join(disk, "x.db"))+"?_journal_mode="+journal)
			full := &filling{db: db, repo: wideEntries(db, "entry"), note: strings.Repeat("n", 5000)}
			acknowledged := 0
			for range dbtest.Size(2, 20) {
				acknowledged = full.until(t)
				full.compare(t)
			}
			if err := os.Remove(filler); err != nil {
				t.Fatal(err)
			}
			ctx := context.Background()
			for i := range 10 {
				if err := full.write(ctx, -1, i); err != nil {
					t.Errorf("with space again: %v", err)
				}
			}
			full.compare(t)
			if check := one[string](t, db, "PRAGMA integrity_check"); check != "ok" {
				t.Errorf("integrity_check: %s", check)
			}
			dbtest.Reportf(t, 25, "%s on a disk of %d MB: %d writes refused as disk full, %d acknowledged and there, 0 halves; works again with space", journal, size>>20,
				full.refused, acknowledged)
		})
	}
}

// filling fills a disk by writers.
type filling struct {
	db   *prom.DB
	repo *prom.Repo[WideEntry]
	note string

	mu      sync.Mutex
	told    []half // rows that were acknowledged
	no      int
	refused int
}

// write writes a row, or several at once.
func (f *filling) write(ctx context.Context, worker, no int) error {
	entry := func(half int) WideEntry { return WideEntry{Worker: worker, No: no, Half: half, Note: &f.note} }
	rows := []half{{worker, no, 0}}
	var err error
	switch no % 3 {
	case 0:
		e := entry(0)
		err = f.repo.Create(ctx, &e)
	case 1:
		rows = append(rows, half{worker, no, 1})
		err = f.db.Tx(ctx, func(ctx context.Context) error {
			first, second := entry(0), entry(1)
			if err := f.repo.Create(ctx, &first); err != nil {
				return err
			}
			return f.repo.Create(ctx, &second)
		})
	case 2:
		list := make([]WideEntry, 20)
		rows = rows[:0]
		for i := range list {
			list[i] = entry(i)
			rows = append(rows, half{worker, no, i})
		}
		err = f.repo.CreateMany(ctx, list)
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if err == nil {
		f.told = append(f.told, rows...)
	} else {
		f.refused++
	}
	return err
}

// until writes until the disk is full and several have heard so, and returns how many rows were acknowledged in all.
func (f *filling) until(t *testing.T) int {
	t.Helper()
	first := f.no
	f.no += 1_000_000
	if err := together(4, func(worker int) error {
		for no, refused := first, 0; refused < 5; no++ {
			err := f.write(context.Background(), worker, no)
			if err == nil {
				continue
			}
			if !errors.Is(err, prom.ErrDiskFull) {
				return err
			}
			refused++
		}
		return nil
	}); err != nil {
		t.Errorf("on a full disk: %v", err)
	}
	return len(f.told)
}

// compare makes sure that the rows are those that were acknowledged.
func (f *filling) compare(t *testing.T) {
	t.Helper()
	list, err := f.repo.All(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	have := map[half]int{}
	for i := range list {
		have[half{list[i].Worker, list[i].No, list[i].Half}]++
	}
	for _, h := range f.told {
		if have[h] != 1 {
			t.Errorf("%v was acknowledged and is there %d times", h, have[h])
		}
	}
	if len(list) != len(f.told) {
		t.Errorf("%d rows, %d were acknowledged", len(list), len(f.told))
	}
}
