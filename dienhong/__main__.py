from dienhong.cli import main

# Worker processes import this module again; they must not start the product a second time.
if __name__ == "__main__":
    main()
