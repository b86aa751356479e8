package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// JobPlace is where a job that goes through a table goes on.
type JobPlace struct {
	Job   string `prom:"key"`
	Place string
}

// A backfill goes through a table in chunks, each a transaction that stores the place as well: after a crash it goes
// on there, and no row is counted twice.
func ExampleUpdateInChunks() {
	ctx, db, issues := openIssues("chunks")
	defer db.Close()
	places := prom.NewRepo[JobPlace](prom.Using(db))
	list := make([]Issue, 2500)
	for i := range list {
		list[i].Code, list[i].State = fmt.Sprint("T", i), "open"
	}
	if err := issues.CreateMany(ctx, list); err != nil {
		log.Fatal(err)
	}

	job := JobPlace{Job: "votes"}
	if _, err := places.GetOrCreate(ctx, &job); err != nil {
		log.Fatal(err)
	}
	how := prom.Chunks{Size: 1000, Share: 0.9, Retry: 3, After: job.Place, Commit: func(ctx context.Context, p prom.Progress) error {
		job.Place = p.Place
		return places.Save(ctx, &job)
	}}
	for p, err := range prom.UpdateInChunks(ctx, issues.Where(IssueState.Eq("open")), how, IssueVotes.Add(1)) {
		if err != nil {
			log.Fatal(err) // and p says how far it came
		}
		fmt.Println(p.Chunk, p.Rows)
	}
	// Output:
	// 1000 1000
	// 1000 2000
	// 500 2500
}

// Member is a model between two releases: the program writes both columns, and still reads the old one.
type Member struct {
	prom.Model
	Name     string  // the old column
	FullName *string // the new one
}

var (
	member         = prom.Proto[Member]()
	MemberName     = prom.TextOf(member, &member.Name)
	MemberFullName = prom.NullTextOf(member, &member.FullName)
)

// fillFullName gives the rows that the old version of the program has written their value in the new column.
func fillFullName(ctx context.Context, members *prom.Repo[Member]) error {
	missing := members.Where(MemberFullName.IsNull())
	for _, err := range prom.UpdateInChunks(ctx, missing, prom.Chunks{Size: 1000}, MemberFullName.SetTo(MemberName)) {
		if err != nil {
			return err
		}
	}
	return nil
}

// To expand and contract a schema, a new column is filled in chunks before the program reads it.
func ExampleUpdateInChunks_expand() {
	ctx := context.Background()
	db, err := new(prom.Registry).Open("sqlite://:memory:")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	members := prom.NewRepo[Member](prom.Using(db))
	if err := members.CreateMany(ctx, []Member{{Name: "Ada"}, {Name: "Bob"}}); err != nil {
		log.Fatal(err)
	}
	if err := fillFullName(ctx, members); err != nil {
		log.Fatal(err)
	}
	n, err := members.Where(MemberFullName.IsNull()).Count(ctx)
	fmt.Println(n, err)
	// Output: 0 <nil>
}
