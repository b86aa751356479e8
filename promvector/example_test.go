package promvector_test

import (
	"context"
	"fmt"
	"log"

	"github.com/pgvector/pgvector-go"

	"github.com/prom-go/prom"
	"github.com/prom-go/prom/promvector"
)

type Article struct {
	prom.Model
	Title     string
	Embedding pgvector.Vector `prom:"type=vector(3),index,using=hnsw,ops=vector_cosine_ops"`
}

var (
	articles         = prom.NewRepo[Article](prom.On("vectors"))
	article          = prom.Proto[Article]()
	articleEmbedding = prom.FieldOf(article, &article.Embedding)
)

func Example() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#vectors")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	if err := articles.CreateMany(ctx, []Article{
		{Title: "cats", Embedding: pgvector.NewVector([]float32{1, 0.2, 0})},
		{Title: "dogs", Embedding: pgvector.NewVector([]float32{0.9, 0.5, 0})},
		{Title: "taxes", Embedding: pgvector.NewVector([]float32{0, 0.1, 1})},
	}); err != nil {
		log.Fatal(err)
	}

	question := pgvector.NewVector([]float32{1, 0.4, 0.1})
	distance := promvector.CosineDistance(articleEmbedding, question)
	nearest, err := articles.Where(distance.Lt(0.5)).OrderBy(distance.Asc()).Limit(5).All(ctx)
	if err != nil {
		log.Fatal(err)
	}
	for _, a := range nearest {
		fmt.Println(a.Title, a.Embedding)
	}
	// Output:
	// dogs [0.9,0.5,0]
	// cats [1,0.2,0]
}
