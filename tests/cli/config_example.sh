# .env.example is printed from the table of settings; this says when they differ.
winnow config --example >now
diff "$top/.env.example" now && echo same
