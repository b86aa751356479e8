package coexist

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/benbjohnson/litestream"
	"github.com/benbjohnson/litestream/file"
	"github.com/matryer/is"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
)

// entry is a row that a writer has acknowledged with its number.
type entry struct {
	ID   int64 `prom:"key"`
	Text string
}

const (
	envWrite     = "COEXIST_WRITE"     // a DSN: the child writes rows and prints their numbers
	envFrom      = "COEXIST_FROM"      // the first number
	envReplicate = "COEXIST_REPLICATE" // a file and a folder: the child replicates, and syncs at each line that it reads
	writers      = 4
)

// write writes rows by several goroutines until the process is killed.
func write(t *testing.T, dsn string) {
	from := int64(0)
	_, err := fmt.Sscan(os.Getenv(envFrom), &from)
	if err != nil {
		t.Fatal(err)
	}
	db := open(t, dsn, "auto")
	repo := prom.NewRepo[entry](prom.Using(db))
	next := atomic.Int64{}
	next.Store(from)
	failed := make(chan error)
	for range writers {
		go func() {
			for {
				e := entry{ID: next.Add(1), Text: strings.Repeat("x", 1000)}
				if err := repo.Create(t.Context(), &e); err != nil {
					failed <- err
					return
				}
				fmt.Printf("stored %d\n", e.ID)
				time.Sleep(time.Millisecond) // so that Litestream can follow on a slow machine
			}
		}()
	}
	t.Fatal(<-failed)
}

// litestreamOf returns Litestream's view of a database, with a replica in a folder.
func litestreamOf(path, folder string) (*litestream.DB, *litestream.Store) {
	db := litestream.NewDB(path)
	client := file.NewReplicaClient(folder)
	db.Replica = litestream.NewReplicaWithClient(db, client)
	client.Replica = db.Replica
	db.MonitorInterval = 20 * time.Millisecond
	levels := litestream.CompactionLevels{{Level: 0}, {Level: 1, Interval: time.Second}}
	return db, litestream.NewStore([]*litestream.DB{db}, levels)
}

// replicate runs Litestream, with its own monitor and checkpoints, until the process is killed.
func replicate(t *testing.T, places string) {
	path, folder, _ := strings.Cut(places, ";")
	db, store := litestreamOf(path, folder)
	if err := store.Open(t.Context()); err != nil {
		t.Fatal(err)
	}
	fmt.Println("opened")
	for lines := bufio.NewScanner(os.Stdin); lines.Scan(); {
		if err := db.SyncAndWait(t.Context()); err != nil {
			t.Fatal(err)
		}
		fmt.Println("synced")
	}
}

// process is a child that is killed.
type process struct {
	t   *testing.T
	cmd *exec.Cmd
	in  io.Writer
	out *bufio.Scanner
}

func start(t *testing.T, env ...string) *process {
	t.Helper()
	p := &process{t: t, cmd: dbtest.Child(t, "TestLitestream", env...)}
	in, err := p.cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	p.in, p.out = in, bufio.NewScanner(out)
	p.cmd.Stderr = os.Stderr
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return p
}

func (p *process) kill() {
	_ = p.cmd.Process.Kill()
	_ = p.cmd.Wait()
}

// says waits for a line of a child.
func (p *process) says(want string) {
	p.t.Helper()
	for p.out.Scan() {
		if p.out.Text() == want {
			return
		}
	}
	p.t.Fatalf("the child ended before it said %q", want)
}

// stored are the numbers of the rows that a writer has acknowledged, in their order.
type stored struct {
	mu   sync.Mutex
	list []int64
}

// follow reads what a writer acknowledges until it is killed.
func (s *stored) follow(p *process) (ended chan struct{}) {
	ended = make(chan struct{})
	go func() {
		defer close(ended)
		for p.out.Scan() {
			var n int64
			if _, err := fmt.Sscanf(p.out.Text(), "stored %d", &n); err == nil {
				s.mu.Lock()
				s.list = append(s.list, n)
				s.mu.Unlock()
			}
		}
	}()
	return ended
}

// numbers returns those that are acknowledged by now.
func (s *stored) numbers() []int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.list[:len(s.list):len(s.list)]
}

// waitFor waits until there are so many more.
func (s *stored) waitFor(t *testing.T, rows int) {
	t.Helper()
	until, end := len(s.numbers())+rows, time.Now().Add(time.Minute)
	for ; len(s.numbers()) < until; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("a minute, and fewer than %d rows", until)
		}
	}
}

// Ensure that Litestream replicates a database beside a program that writes by prom, with prom's own settings and with
// checkpoints left to Litestream: that a replica has each row that was acknowledged before it was synced, however
// either process ends, and that what it restores is whole and is what the model says.
func TestLitestream(t *testing.T) {
	switch {
	case os.Getenv(envWrite) != "":
		write(t, os.Getenv(envWrite))
	case os.Getenv(envReplicate) != "":
		replicate(t, os.Getenv(envReplicate))
	}
	if dbtest.IsChild() {
		return
	}
	t.Parallel()
	for name, options := range map[string]string{"default": "", "checkpoints": "?_pragma=wal_autocheckpoint(0)"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			besideLitestream(t, options)
		})
	}
}

func besideLitestream(t *testing.T, options string) {
	is := is.New(t)
	dsn, folder := dbtest.SQLite(t), filepath.Join(t.TempDir(), "replica")
	path := strings.TrimPrefix(dsn, "sqlite://")
	db := open(t, dsn, "auto")
	repo := prom.NewRepo[entry](prom.Using(db))
	is.NoErr(prom.Install(t.Context(), repo))
	is.NoErr(db.Close())

	lite := func() *process {
		p := start(t, envReplicate+"="+path+";"+folder)
		p.says("opened")
		return p
	}
	have := &stored{}
	sync := func(p *process) (before []int64) {
		t.Helper()
		before = have.numbers()
		_, err := fmt.Fprintln(p.in)
		is.NoErr(err)
		p.says("synced")
		return before
	}
	holds := func(all map[int64]bool, numbers []int64) {
		t.Helper()
		for _, n := range numbers {
			if !all[n] {
				t.Fatalf("row %d was acknowledged, and is not restored", n)
			}
		}
	}

	replica := lite()
	writer := start(t, envWrite+"="+dsn+options, envFrom+"=0")
	ended := have.follow(writer)
	for range 2 { // more than Litestream leaves in the log before it does a checkpoint
		have.waitFor(t, 1500)
		sync(replica)
	}
	replica.kill()
	have.waitFor(t, 1500) // more than prom's connections leave in the log
	replica = lite()
	have.waitFor(t, 500)
	sync(replica)
	writer.kill()
	<-ended
	written := sync(replica)
	all := restored(t, folder)
	holds(all, written)
	t.Logf("the writer killed: %d rows acknowledged, %d restored", len(written), len(all))

	writer = start(t, envWrite+"="+dsn+options, envFrom+fmt.Sprintf("=%d", slices.Max(written)+writers))
	ended = have.follow(writer)
	have.waitFor(t, 500)
	synced := sync(replica)
	have.waitFor(t, 500)
	replica.kill()
	writer.kill()
	<-ended
	all = restored(t, folder)
	holds(all, synced)
	t.Logf("both killed: %d rows acknowledged, %d of them before the last sync, %d restored", len(have.numbers()),
		len(synced), len(all))

	// The tables of Litestream are its own.
	db = open(t, dsn, "auto")
	repo = repo.Using(db)
	is.NoErr(prom.Check(t.Context(), repo))
	plan, err := prom.Plan(t.Context(), repo)
	is.NoErr(err)
	is.True(plan.Empty())
	tables, err := db.Tables(t.Context())
	is.NoErr(err)
	is.Equal(tables, []string{"_litestream_lock", "_litestream_seq", "entry"})
}

// restored restores a replica into a new file and returns the numbers of its rows.
func restored(t *testing.T, folder string) map[int64]bool {
	t.Helper()
	is := is.New(t)
	path := filepath.Join(t.TempDir(), "restored.db")
	_, store := litestreamOf(path, folder)
	options := litestream.NewRestoreOptions()
	options.OutputPath = path
	is.NoErr(store.DBs()[0].Replica.Restore(context.Background(), options))
	db := open(t, "sqlite://"+path, "off")
	said, err := prom.RawQuery[string](db, "PRAGMA integrity_check").First(t.Context())
	is.NoErr(err)
	is.Equal(said, "ok")
	repo := prom.NewRepo[entry](prom.Using(db))
	is.NoErr(prom.Check(t.Context(), repo))
	list, err := repo.All(t.Context())
	is.NoErr(err)
	numbers := map[int64]bool{}
	for _, e := range list {
		numbers[e.ID] = true
	}
	return numbers
}

func init() { // of the children, and of the restores
	slog.SetDefault(slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})))
}
