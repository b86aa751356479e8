package prom_test

import (
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"errors"
	"fmt"
	"log"

	"github.com/prom-go/prom"
)

// Secret is a text that the database holds encrypted.
type Secret string

// A key comes from wherever a program keeps its keys.
var secretCipher = newCipher([]byte("a key of 16 byte"))

func newCipher(key []byte) cipher.AEAD {
	block, err := aes.NewCipher(key)
	if err != nil {
		panic(err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		panic(err)
	}
	return aead
}

var _ = prom.RegisterCodec(
	func(s Secret) ([]byte, error) {
		nonce := make([]byte, secretCipher.NonceSize())
		if _, err := rand.Read(nonce); err != nil {
			return nil, err
		}
		return secretCipher.Seal(nonce, nonce, []byte(s), nil), nil
	},
	func(b []byte) (Secret, error) {
		n := secretCipher.NonceSize()
		if len(b) < n {
			return "", errors.New("too short to be a secret")
		}
		plain, err := secretCipher.Open(nil, b[:n], b[n:], nil)
		return Secret(plain), err
	},
)

// Login has a secret.
type Login struct {
	prom.Model
	Name  string
	Token Secret
}

// A codec is the way of a type into the database and back.
func ExampleRegisterCodec() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#vault")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	logins := prom.NewRepo[Login](prom.Using(db))

	a := Login{Name: "ada", Token: "t0ps3cret"}
	if err := logins.Create(ctx, &a); err != nil {
		log.Fatal(err)
	}
	stored, err := prom.RawQuery[[]byte](db, "SELECT token FROM login").First(ctx)
	if err != nil {
		log.Fatal(err)
	}
	read, err := logins.Get(ctx, a.ID)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(read.Token, len(stored) > len(read.Token), len(logins.Modified(read)))
	// Output: t0ps3cret true 0
}

// Photo has lists.
type Photo struct {
	prom.Model
	Name   string
	Tags   []string
	Albums *[]int64
}

var (
	photo       = prom.Proto[Photo]()
	photoTags   = prom.ListOf(photo, &photo.Tags)
	photoAlbums = prom.NullListOf(photo, &photo.Albums)
)

// Lists are asked what they hold, and changed in the database.
func ExampleListOf() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#photos")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	photos := prom.NewRepo[Photo](prom.Using(db))
	if err := photos.CreateMany(ctx, []Photo{
		{Name: "beach", Tags: []string{"sea", "sun"}}, {Name: "storm", Tags: []string{"sea"}}, {Name: "blank"},
	}); err != nil {
		log.Fatal(err)
	}
	count := func(cond prom.Cond[*Photo]) int {
		n, err := photos.Where(cond).Count(ctx)
		if err != nil {
			log.Fatal(err)
		}
		return n
	}

	fmt.Println(count(photoTags.Contains("sea", "sun")), count(photoTags.Overlaps("sun", "snow")), count(photoTags.IsEmpty()))
	if _, err := photos.Where(photoTags.Has("sea")).Update(ctx, photoTags.Remove("sea"), photoAlbums.Append(7)); err != nil {
		log.Fatal(err)
	}
	fmt.Println(count(photoTags.Has("sea")), count(photoAlbums.Eq([]int64{7})), count(photoAlbums.IsNull()))

	// Elements are terms. A new one before the others, and the last one away.
	if _, err := photos.Where(prom.ListAt(photoTags, 0).Eq("sun")).Update(ctx,
		photoTags.SetTo(prom.ListConcat(prom.Val(photo, []string{"sky"}), photoTags)),
		photoAlbums.SetTo(prom.ListSlice(photoAlbums, 0, -1))); err != nil {
		log.Fatal(err)
	}
	printAll(prom.Pluck2(photos.Where(prom.ListIndex(photoTags, "sun").NotNull()), photoTags, photoAlbums).All(ctx))
	// How many photos have each tag.
	printAll(prom.Pluck2(photos.Query(), prom.Unnest(photoTags), prom.Count(photo)).OrderBy(prom.Unnest(photoTags).Asc()).All(ctx))
	// Output:
	// 1 1 1
	// 0 2 1
	// [{[sky sun] []}]
	// [{sky 1} {sun 1}]
}

// Guest has a document.
type Guest struct {
	prom.Model
	Name string
	Info Info
}

// Info is stored as JSON.
type Info struct {
	Address struct {
		City string `json:"city"`
	} `json:"address"`
	Beds  int      `json:"beds"`
	Likes []string `json:"likes"`
}

var (
	guest     = prom.Proto[Guest]()
	guestInfo = prom.JSONOf(guest, &guest.Info)
	guestCity = prom.JSONText(guestInfo, "address", "city")
	guestBeds = prom.JSONInt(guestInfo, "beds")
)

// What is inside of a document is found, read and changed by paths.
func ExampleJSONPath() {
	ctx := context.Background()
	db, err := prom.Open("sqlite://:memory:#hotel")
	if err != nil {
		log.Fatal(err)
	}
	defer db.Close()
	guests := prom.NewRepo[Guest](prom.Using(db))
	ada, bob := Guest{Name: "Ada"}, Guest{Name: "Bob"}
	ada.Info.Address.City, ada.Info.Beds, ada.Info.Likes = "London", 1, []string{"tea", "maths"}
	bob.Info.Address.City, bob.Info.Beds = "Paris", 2
	if err := guests.CreateMany(ctx, []Guest{ada, bob}); err != nil {
		log.Fatal(err)
	}
	names := func(cond prom.Cond[*Guest]) {
		list, err := guests.Where(cond).OrderBy(guestCity.Asc()).All(ctx)
		if err != nil {
			log.Fatal(err)
		}
		for _, g := range list {
			fmt.Println(g.Name, g.Info.Beds)
		}
	}

	names(prom.And(guestCity.HasPrefix("L"), guestBeds.Lt(2)))
	names(guestInfo.Contains(map[string]any{"likes": []string{"tea"}}))
	names(prom.JSONText(guestInfo, "likes", -1).Eq("maths"))
	names(prom.JSONLen(guestInfo, "likes").Gt(1))

	if _, err := guests.Where(guestCity.Eq("Paris")).Update(ctx, guestInfo.SetPath(3, "beds")); err != nil {
		log.Fatal(err)
	}
	if _, err := guests.Where(guestInfo.HasKey("likes", 0)).Update(ctx,
		guestInfo.Merge(map[string]any{"beds": 4, "likes": nil, "address": map[string]any{"zip": "W1"}})); err != nil {
		log.Fatal(err)
	}
	names(guestBeds.Gte(3))
	// Output:
	// Ada 1
	// Ada 1
	// Ada 1
	// Ada 1
	// Ada 4
	// Bob 3
}
