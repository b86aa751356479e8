//go:build unix

package main

import (
	"fmt"
	"slices"
	"time"
)

// held is how many repositories the struct has that another package holds.
const held = 7

// costs are what the models of a library cost.
type costs struct {
	library
	cpu    time.Duration // of the compiler, each model
	size   int64         // bytes of the binary, each model
	peak   int64         // bytes of the compiler's memory, all models
	edit   time.Duration // CPU from an edit of the package of models to the binary
	single int64         // bytes of a program with one model
}

func (c costs) String() string {
	return fmt.Sprintf("%-26s %6.3f s and %6.1f KB a model, peak %4.2f GB, edit to binary %5.1f s, one model %4.1f MB",
		c.name, c.cpu.Seconds(), float64(c.size)/1000, float64(c.peak)/1e9, c.edit.Seconds(), float64(c.single)/1e6)
}

// program is what the build of one program has used.
type program struct {
	compile use
	all     time.Duration
	size    int64
}

// measure builds programs of one and of n models, in rounds.
func measure(b *builder, l library, n, rounds int) (costs, error) {
	if _, err := b.program(&l, 1); err != nil { // fills the cache
		return costs{}, err
	}
	var all []costs
	for range rounds {
		one, err := b.program(&l, 1)
		if err != nil {
			return costs{}, err
		}
		many, err := b.program(&l, n)
		if err != nil {
			return costs{}, err
		}
		all = append(all, costs{
			cpu:  (many.compile.cpu - one.compile.cpu) / time.Duration(n-1),
			size: (many.size - one.size) / int64(n-1),
			peak: many.compile.peak, edit: many.all, single: one.size,
		})
	}
	return costs{
		library: l,
		cpu:     median(all, func(c costs) time.Duration { return c.cpu }),
		size:    median(all, func(c costs) int64 { return c.size }),
		peak:    median(all, func(c costs) int64 { return c.peak }),
		edit:    median(all, func(c costs) time.Duration { return c.edit }),
		single:  median(all, func(c costs) int64 { return c.single }),
	}, nil
}

func (b *builder) program(l *library, n int) (p program, err error) {
	models, err := b.add("models", l.models(n))
	if err != nil {
		return p, err
	}
	path, err := b.add("program", l.program(models))
	if err != nil {
		return p, err
	}
	uses, err := b.build(path, "program")
	if err != nil {
		return p, err
	}
	for _, u := range uses {
		p.all += u.cpu
	}
	if p.compile, err = compiled(uses, models); err != nil {
		return p, err
	}
	p.size, err = b.size("program")
	return p, err
}

// holding is what each repository costs a package that holds a struct of them, beyond one that holds an interface.
func holding(b *builder, rounds int) (time.Duration, error) {
	models, err := b.add("models", libraries[0].models(held))
	if err != nil {
		return 0, err
	}
	store, err := b.add("store", stores(models, held))
	if err != nil {
		return 0, err
	}
	if _, err := b.build(store, ""); err != nil {
		return 0, err
	}
	var each []time.Duration
	for range rounds {
		var took [2]time.Duration
		for i, path := range []string{"", store} {
			path, err := b.add("holder", holder(path))
			if err != nil {
				return 0, err
			}
			uses, err := b.build(path, "")
			if err != nil {
				return 0, err
			}
			u, err := compiled(uses, path)
			if err != nil {
				return 0, err
			}
			took[i] = u.cpu
		}
		each = append(each, (took[1]-took[0])/held)
	}
	return median(each, func(d time.Duration) time.Duration { return d }), nil
}

func median[E any, V time.Duration | int64](all []E, of func(E) V) V {
	values := make([]V, len(all))
	for i, e := range all {
		values[i] = of(e)
	}
	slices.Sort(values)
	return values[len(values)/2]
}
