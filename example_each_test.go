package prom_test

import (
	"context"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Job is a row of a queue.
type Job struct {
	prom.Model
	Tries int
}

var job = prom.Proto[Job]()

var jobTries = prom.NumberOf(job, &job.Tries)

// Each reads a table of any size a batch at a time. The loop may save and delete rows of the same table.
func ExampleQuery_Each() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#queue")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	jobs := prom.NewRepo[Job](prom.Using(db))
	if err := jobs.CreateMany(ctx, make([]Job, 2000)); err != nil {
		log.Fatal(err)
	}

	for job, err := range jobs.Where(jobTries.Lt(3)).Each(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if job.ID%2 == 0 {
			err = jobs.Delete(ctx, job)
		} else {
			job.Tries++
			err = jobs.Save(ctx, job)
		}
		if err != nil {
			log.Fatal(err)
		}
	}
	n, err := jobs.Where(jobTries.Eq(1)).Count(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(n)
	// Output: 1000
}
