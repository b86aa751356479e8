// Quickstart creates ten rows, queries one and several, updates all in a loop and deletes them. It runs on a database
// in memory, or on the one that PROM_DSN names:
//
//	go run ./examples/quickstart
//	PROM_DSN=sqlite://quickstart.db go run ./examples/quickstart
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log"
	"os"

	"github.com/prom-go/prom"
)

// Foo is a model: a struct that embeds prom.Model. Its table is made when it is first needed.
type Foo struct {
	prom.Model
	Bar int    `prom:"index"`
	Che string `prom:"size=1..100"`
}

var (
	foo    = prom.Proto[Foo]()
	foos   = prom.NewRepo[Foo]()
	fooBar = prom.NumberOf(foo, &foo.Bar)
	fooChe = prom.TextOf(foo, &foo.Che)
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	if os.Getenv("PROM_DSN") == "" {
		if _, err := prom.Open("sqlite://:memory:"); err != nil {
			return err
		}
	}
	defer func() { err = errors.Join(err, prom.Close()) }()

	for i := range 10 {
		f := Foo{Bar: i, Che: fmt.Sprintf("value %d", i)}
		if err := foos.Create(ctx, &f); err != nil {
			return err
		}
		fmt.Fprintf(out, "created  %d: bar %d, che %q\n", f.ID, f.Bar, f.Che)
	}

	one, err := foos.Where(fooBar.Eq(3)).First(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "found    %d: bar %d, che %q\n", one.ID, one.Bar, one.Che)

	if one, err = foos.Get(ctx, one.ID); err != nil {
		return err
	}
	fmt.Fprintf(out, "got      %d: bar %d, che %q\n", one.ID, one.Bar, one.Che)

	several, err := foos.Where(fooBar.Gte(5), prom.Or(fooChe.HasSuffix("7"),
		fooBar.In(8, 9))).OrderBy(fooBar.Desc()).All(ctx)
	if err != nil {
		return err
	}
	for _, f := range several {
		fmt.Fprintf(out, "queried  %d: bar %d, che %q\n", f.ID, f.Bar, f.Che)
	}

	for f, err := range foos.Each(ctx) {
		if err != nil {
			return err
		}
		f.Bar += 100
		if err := foos.Save(ctx, f); err != nil {
			return err
		}
		fmt.Fprintf(out, "updated  %d: bar %d\n", f.ID, f.Bar)
	}

	n, err := foos.WithoutWhere().Delete(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "deleted  %d rows\n", n)

	left, err := foos.Count(ctx)
	if err != nil {
		return err
	}
	fmt.Fprintf(out, "left     %d rows\n", left)
	return nil
}
