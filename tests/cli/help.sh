# The help is made from the rows of options.
winnow --version
winnow --help
winnow classify --help
winnow review --help
