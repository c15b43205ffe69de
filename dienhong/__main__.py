from dienhong.cli import main

main()
