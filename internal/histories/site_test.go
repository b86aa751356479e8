package histories

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"sync"
	"testing"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/internal/dbtest"
	"github.com/prom-go/prom/internal/histories/elle"
)

// job is what a process is to do for one history.
type job struct {
	Kind    string // of the history: registers or lists
	Engine  string
	DSN     string
	Seed    uint64
	Site    int   // number of the process
	Workers int   // goroutines
	Steps   int   // of each of them
	First   int64 // key of the history
	Keys    int64 // how many there are
	Hasty   bool  // contexts end soon

	Coalesce bool       // reads are coalesced
	Mix      string     // of calls, in a history of registers
	Level    elle.Level // of transactions
	Broken   string     // what is done wrong, in tests of the checkers
}

// answer is what a process tells of its part of a history.
type answer struct {
	Calls    []call
	Txns     []elle.Txn
	Failures map[string]int // calls that have failed, by kind
	Wrong    string         // why it is not as it should be
}

// site does jobs, in this process.
type site struct {
	tb  testing.TB
	mu  sync.Mutex
	dbs map[string]*prom.DB
}

func (s *site) db(dsn string) *prom.DB {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.dbs == nil {
		s.dbs = map[string]*prom.DB{}
	}
	if s.dbs[dsn] == nil {
		s.dbs[dsn] = open(s.tb, dsn)
	}
	return s.dbs[dsn]
}

// end does nothing: the databases are closed with the test.
func (s *site) end() error { return nil }

func (s *site) do(j job) answer {
	if j.Kind == "registers" {
		return useRegisters(s.db(j.DSN), &j)
	}
	return useLists(s.db(j.DSN), &j)
}

// Ensure nothing: it is what the other processes of a test run.
func TestSite(t *testing.T) {
	if !dbtest.IsChild() {
		t.Skip("it is run by other tests")
	}
	s := &site{tb: t}
	in := json.NewDecoder(os.Stdin)
	for {
		var j job
		if err := in.Decode(&j); err == io.EOF {
			return
		} else if err != nil {
			t.Fatal(err)
		}
		b, err := json.Marshal(s.do(j))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("\nanswer %s\n", b)
	}
}

// remote is a site in another process.
type remote struct {
	cmd *exec.Cmd
	in  io.WriteCloser
	out *bufio.Reader
}

func startSite(tb testing.TB) *remote {
	tb.Helper()
	r := &remote{cmd: dbtest.Child(tb, "TestSite")}
	r.cmd.Stderr = os.Stderr
	var err error
	if r.in, err = r.cmd.StdinPipe(); err != nil {
		tb.Fatal(err)
	}
	out, err := r.cmd.StdoutPipe()
	if err != nil {
		tb.Fatal(err)
	}
	r.out = bufio.NewReaderSize(out, 1<<20)
	if err := r.cmd.Start(); err != nil {
		tb.Fatal(err)
	}
	return r
}

// end has the process end, in which nothing may be left then, as in each that runs tests.
func (r *remote) end() error {
	_ = r.in.Close()
	rest, _ := io.ReadAll(r.out)
	if err := r.cmd.Wait(); err != nil {
		return fmt.Errorf("a process of the test: %w\n%s", err, rest)
	}
	return nil
}

func (r *remote) do(j job) (a answer) {
	if err := json.NewEncoder(r.in).Encode(j); err != nil {
		return answer{Wrong: err.Error()}
	}
	var other []string
	for {
		line, err := r.out.ReadString('\n')
		if err != nil {
			return answer{Wrong: fmt.Sprintf("the process ended: %v\n%s", err, strings.Join(other, ""))}
		}
		if text, ok := strings.CutPrefix(line, "answer "); ok {
			if err := json.Unmarshal([]byte(text), &a); err != nil {
				a.Wrong = err.Error()
			}
			return a
		}
		other = append(other, line)
	}
}

// doer does a job and waits until it is done.
type doer interface {
	do(j job) answer
	end() error
}

// together has all sites do their part of a history at the same time.
func together(sites []doer, j job) answer {
	parts := make([]answer, len(sites))
	var wg sync.WaitGroup
	for i, s := range sites {
		part := j
		part.Site, part.Workers = i, (j.Workers+i)/len(sites)
		wg.Go(func() { parts[i] = s.do(part) })
	}
	wg.Wait()
	all := answer{Failures: map[string]int{}}
	for _, p := range parts {
		all.Calls = append(all.Calls, p.Calls...)
		all.Txns = append(all.Txns, p.Txns...)
		for kind, n := range p.Failures {
			all.Failures[kind] += n
		}
		if p.Wrong != "" {
			all.Wrong += p.Wrong + "\n"
		}
	}
	return all
}
