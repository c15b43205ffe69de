import eu.europa.esig.dss.jaxb.object.Message;
import eu.europa.esig.dss.model.FileDocument;
import eu.europa.esig.dss.pades.validation.PDFDocumentValidator;
import eu.europa.esig.dss.simplereport.SimpleReport;
import eu.europa.esig.dss.simplereport.jaxb.XmlTimestamp;
import eu.europa.esig.dss.spi.DSSUtils;
import eu.europa.esig.dss.spi.validation.CommonCertificateVerifier;
import eu.europa.esig.dss.spi.x509.CommonCertificateSource;
import eu.europa.esig.dss.spi.x509.CommonTrustedCertificateSource;
import eu.europa.esig.dss.spi.x509.revocation.crl.ExternalResourcesCRLSource;
import java.io.File;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/** DSS by its own default policy (ETSI EN 319 102-1), without any connection. */
final class Signatures {
    record Judged(List<Signature> signatures, List<Stamp> stamps) {}

    /** {@code level} is the signature's format, for instance PAdES-BASELINE-LT. */
    record Signature(
            String signer, String level, String indication, String why, String at, List<String> errors, List<String> warnings) {}

    record Stamp(String id, String indication, String why, String at) {}

    static Judged judged(Question question) {
        var validator = new PDFDocumentValidator(new FileDocument(new File(question.path())));
        validator.setCertificateVerifier(verifier(question.trust()));
        if (question.at() != null) {
            validator.setValidationTime(Date.from(Instant.parse(question.at())));
        }
        var report = validator.validateDocument().getSimpleReport();
        var ids = report.getSignatureIdList();
        return new Judged(
                ids.stream().map(id -> signature(report, id)).toList(),
                ids.stream().flatMap(id -> report.getSignatureTimestamps(id).stream()).map(Signatures::stamp).distinct().toList());
    }

    private static CommonCertificateVerifier verifier(Question.Trust trust) {
        var trusted = new CommonTrustedCertificateSource();
        trust.anchors().forEach(each -> trusted.addCertificate(DSSUtils.loadCertificate(new File(each))));
        var known = new CommonCertificateSource();
        trust.intermediates().forEach(each -> known.addCertificate(DSSUtils.loadCertificate(new File(each))));
        var verifier = new CommonCertificateVerifier();
        verifier.setTrustedCertSources(trusted);
        verifier.setAdjunctCertSources(known);
        verifier.setAIASource(null);
        var told = trust.revocation().stream().map(each -> new FileDocument(new File(each))).toArray(FileDocument[]::new);
        if (told.length > 0) {
            verifier.setCrlSource(new ExternalResourcesCRLSource(told));
        }
        return verifier;
    }

    private static Signature signature(SimpleReport report, String id) {
        return new Signature(
                report.getSignedBy(id),
                String.valueOf(report.getSignatureFormat(id)),
                String.valueOf(report.getIndication(id)),
                String.valueOf(report.getSubIndication(id)),
                instant(report.getBestSignatureTime(id)),
                words(report.getAdESValidationErrors(id)),
                words(report.getAdESValidationWarnings(id)));
    }

    private static Stamp stamp(XmlTimestamp stamp) {
        return new Stamp(
                stamp.getId(),
                String.valueOf(stamp.getIndication()),
                String.valueOf(stamp.getSubIndication()),
                instant(stamp.getProductionTime()));
    }

    private static String instant(Date date) {
        return date == null ? null : date.toInstant().toString();
    }

    private static List<String> words(List<Message> messages) {
        return messages.stream().map(Message::getValue).toList();
    }
}
