import java.io.File;
import java.util.List;
import org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider;
import org.verapdf.pdfa.Foundries;
import org.verapdf.pdfa.flavours.PDFAFlavour;
import org.verapdf.pdfa.results.TestAssertion;

/** veraPDF: whether a file is PDF/A-2b (ISO 19005-2), and which rules it breaks. */
final class Archivable {
    /** {@code claimed}: what the file itself says to be, for instance "2b". */
    record Judged(boolean archivable, String claimed, List<String> broken) {}

    static {
        VeraGreenfieldFoundryProvider.initialise();
    }

    static Judged judged(String path) throws Exception {
        try (var foundry = Foundries.defaultInstance();
                var parser = foundry.createParser(new File(path), PDFAFlavour.PDFA_2_B)) {
            var validator = foundry.createValidator(PDFAFlavour.PDFA_2_B, false);
            var found = validator.validate(parser);
            var broken = found.getTestAssertions().stream().map(Archivable::words).distinct().sorted().toList();
            return new Judged(found.isCompliant(), parser.getFlavours().toString(), broken);
        }
    }

    private static String words(TestAssertion assertion) {
        var rule = assertion.getRuleId();
        return rule.getClause() + "-" + rule.getTestNumber() + " " + assertion.getMessage();
    }
}
