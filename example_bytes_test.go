package prom_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"

	"github.com/prom-go/prom"
)

// StoredFile is a file of any size. The bytes are its last column.
type StoredFile struct {
	prom.Model
	Name string
	Data []byte
}

var (
	storedFile = prom.Proto[StoredFile]()
	fileName   = prom.TextOf(storedFile, &storedFile.Name)
	fileData   = prom.FieldOf(storedFile, &storedFile.Data)
)

// A large value is written from a reader and read by one, without being held.
func ExampleOpenBytes() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#bytes")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	files := prom.NewRepo[StoredFile](prom.Using(db))
	file := StoredFile{Name: "picture.png"}
	if err := files.Create(ctx, &file); err != nil {
		log.Fatal(err)
	}

	src, size := bytes.NewReader(make([]byte, 5<<20)), int64(5<<20) // a file, with its size
	if err := prom.WriteBytes(ctx, files, fileData, src, size, file.ID); err != nil {
		log.Fatal(err)
	}

	list, err := files.Query().Only(fileName).All(ctx) // without the bytes
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(list[0].Name, len(list[0].Data))

	f, err := prom.OpenBytes(ctx, files, fileData, file.ID)
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	fmt.Println(f.Size())
	n, err := io.Copy(io.Discard, f)
	fmt.Println(n, err)
	// Output:
	// picture.png 0
	// 5242880
	// 5242880 <nil>
}
